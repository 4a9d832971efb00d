import type { ShownState } from '../runs/liveness';

/** What the pair inspector shows before a question is answered. */
export interface PairsPage {
  readonly kind: 'pairs';
  readonly id: string;
  readonly folder: string;
  /** `goldilocks, beta 0.1, pairs`. */
  readonly title: string;
  readonly state: ShownState;
  /** Steps that a policy can be read from, ascending. The first is 0, the starting policy. */
  readonly checkpoints: readonly number[];
  /** Why there is only the starting policy, and what to do next; empty where there is more. */
  readonly words: string;
}

/** What the inspector asks of the program that can score pairs: the trainer's, in its `inspect` mode. */
export type PairsQuestion =
  /** Answered by a `PairList`. */
  | { readonly kind: 'list'; readonly checkpoint: number }
  /** Answered by a `PairDetail`. */
  | { readonly kind: 'pair'; readonly checkpoint: number; readonly pair: string };

/** What numbers of an inspection are about. */
export interface Comparison {
  /** Steps; 0 is the starting policy. */
  readonly checkpoint: number;
  readonly beta: number;
  readonly loss: string;
  /** Rewards are means over tokens, not sums. */
  readonly lengthNormalized: boolean;
  /** The reference that training uses, in words, such as `the starting policy` or `no reference`. */
  readonly reference: string;
  /** What each token is compared with, in words: the reference where that is possible. */
  readonly baseline: string;
  /** Why tokens are compared with something else than the reference, in a sentence; absent where they are not. */
  readonly why?: string;
}

/** What is known of one response as a whole. Log-probabilities in nats, summed over its tokens. */
export interface ResponseSums {
  /** Under the policy's tokenizer, the end-of-sequence token included. */
  readonly tokens: number;
  readonly policy: number;
  /** 0 without a reference. */
  readonly reference: number;
  /** Under what the tokens are compared with. */
  readonly baseline: number;
}

export interface ScoredPair {
  /** `train-17` or `eval-17`: the split, and the row as the data has it, counted from 1. */
  readonly id: string;
  readonly split: PairSplit;
  readonly row: number;
  readonly chosen: ResponseSums;
  readonly rejected: ResponseSums;
  /**
   * Log-ratio of the chosen response less that of the rejected one, as training sees it: in nats, or nats per token where
   * the objective is length-normalised. The reward margin is beta times this.
   */
  readonly margin: number;
}

export type PairSplit = 'train' | 'eval';

/** A pair in a list, with the beginnings of its texts. */
export interface PairRow extends ScoredPair {
  readonly prompt: string;
  readonly chosenText: string;
  readonly rejectedText: string;
}

export interface PairList {
  readonly comparison: Comparison;
  /** By split, and by row. */
  readonly rows: readonly PairRow[];
  /** Pairs of each split, of which `rows` are a sample. */
  readonly total: Readonly<Record<PairSplit, number>>;
}

/** One pair, token by token. */
export interface PairDetail extends Omit<ScoredPair, 'chosen' | 'rejected'> {
  readonly comparison: Comparison;
  readonly prompt: readonly Turn[];
  readonly chosen: ResponseTokens;
  readonly rejected: ResponseTokens;
}

export interface Turn {
  /** Absent for plain text. */
  readonly role?: string;
  readonly text: string;
}

export interface ResponseTokens extends ResponseSums {
  readonly pieces: readonly TokenPiece[];
  /** The end-of-sequence token after a response that was cut before it: scored, but no part of the sums. */
  readonly missingEnd?: { readonly policy: number; readonly baseline: number };
}

export interface TokenPiece {
  /** Empty for a token that holds a part of a character only: the token that completes it has its text. */
  readonly text: string;
  /** Log-probabilities in nats. */
  readonly policy: number;
  readonly baseline: number;
  /** It is the end-of-sequence token. */
  readonly isEnd: boolean;
}

/** A question as the trainer's program reads it: a line of JSON. */
export interface InspectQuestion {
  readonly question: number;
  readonly about: PairsQuestion;
}

/** A line that it writes. */
export type InspectLine =
  | ({ readonly kind: 'progress'; readonly question: number } & InspectProgress)
  | { readonly kind: 'answer'; readonly question: number; readonly ok: PairList | PairDetail }
  | { readonly kind: 'answer'; readonly question: number; readonly err: string };

/** Loading and reading are counted in bytes, the rest in responses that are scored: by the policy, and by what it is compared with. */
export interface InspectProgress {
  readonly activity: 'loading' | 'reading' | 'baseline' | 'policy';
  readonly done: number;
  readonly total: number;
}
