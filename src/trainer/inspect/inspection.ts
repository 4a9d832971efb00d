import type {
  Comparison,
  InspectProgress,
  PairDetail,
  PairList,
  PairRow,
  PairsQuestion,
  ResponseTokens,
  ScoredPair,
} from '../../core/panels/pairs-page';
import type { TokenSequence } from '../../engine/batch';
import { responseText } from '../../node/data/pairs';
import type { Progress } from '../models/place';
import type { SequenceScore } from '../runtime/scoring-runtime';
import { TrainingError } from '../training-error';
import { type Opened, tokenized } from './open-inspection';
import { type ReferenceSums, type SeenPair, sequencesOf } from './references';
import { idOf, type SplitPair } from './sample';
import { tokenPieces } from './token-pieces';
import { start, turnsOf } from './turns';

/** Pairs that are scored together: a question that nobody waits for any more is dropped between two of them. */
const CHUNK = 16;

type ListedPair = SplitPair & SeenPair;

type ProgressOf = (activity: InspectProgress['activity']) => Progress;

/** Sums of a pair under everything that it is measured by. */
interface Sums {
  readonly policy: readonly [number, number];
  readonly baseline: readonly [number, number];
  readonly reference: ReferenceSums;
}

/** Answers questions about the pairs of a run, and keeps what it has computed. */
export class Inspection {
  readonly #lists = new Map<number, PairList>();
  /** What does not depend on the checkpoint, by the pair's id. */
  readonly #before = new Map<string, Omit<Sums, 'policy'>>();

  constructor(private readonly opened: Opened) {}

  answer(about: PairsQuestion, progressOf: ProgressOf): Promise<PairList | PairDetail> {
    return about.kind === 'list'
      ? this.#list(about.checkpoint, progressOf)
      : this.#pair(about.checkpoint, about.pair, progressOf);
  }

  async #list(checkpoint: number, progressOf: ProgressOf): Promise<PairList> {
    const known = this.#lists.get(checkpoint);
    if (known) return known;
    const { sample: pairs, loaded } = this.opened;
    // The longest first: what does not fit into memory fails at once, and the rest goes faster than it seemed.
    const sorted = pairs.toSorted((a, b) => lengthOf(b) - lengthOf(a));
    const rows = new Map<string, PairRow>();
    for (const { chunk, tell } of chunksOf(sorted, progressOf('baseline')))
      await this.#scoreBefore(chunk, tell);
    for (const { chunk, tell } of chunksOf(sorted, progressOf('policy'))) {
      const scores = await this.#score(checkpoint, chunk, tell);
      for (const [index, pair] of chunk.entries()) {
        const row = this.#row(pair, scores.slice(2 * index, 2 * index + 2));
        if (row) rows.set(row.id, row);
      }
    }
    const list: PairList = {
      comparison: this.#comparison(checkpoint),
      rows: pairs.flatMap((pair) => rows.get(idOf(pair)) ?? []),
      total: { train: loaded.train.length, eval: loaded.eval.length },
    };
    this.#lists.set(checkpoint, list);
    return list;
  }

  async #pair(checkpoint: number, id: string, progressOf: ProgressOf): Promise<PairDetail> {
    const { loaded } = this.opened;
    const found = (['train', 'eval'] as const)
      .flatMap((split) => loaded[split].map((pair) => ({ split, loaded: pair })))
      .find((pair) => idOf(pair) === id);
    if (!found)
      throw new TrainingError(
        `The data has no pair ${id}. Write train- or eval- and a row, such as train-1.`,
      );
    const [pair] = await tokenized(this.opened, [found]);
    if (!pair) {
      throw new TrainingError(
        `Pair ${id} is longer than data.max_length allows, so that training leaves it out.`,
      );
    }
    const scores = await this.#score(checkpoint, [pair], progressOf('policy'));
    const baseline = await this.opened.references.tokens([pair], progressOf('baseline'));
    await this.#scoreBefore([pair], progressOf('baseline'));
    const before = this.#before.get(id);
    const scored = before && this.#scored(pair, { ...before, policy: sumsOf(scores) });
    if (!scored) throw new TrainingError(`The reference cannot score pair ${id} within data.max_length.`);
    const response = (side: 'chosen' | 'rejected', place: 0 | 1): ResponseTokens => ({
      ...scored[side],
      baseline: baseline[place]?.logp ?? Number.NaN,
      ...this.#pieces(pair.tokenized[side], scores[place], baseline[place]),
    });
    return {
      ...scored,
      comparison: this.#comparison(checkpoint),
      prompt: turnsOf(pair.loaded.pair.prompt),
      chosen: response('chosen', 0),
      rejected: response('rejected', 1),
    };
  }

  /** @returns scores of chosen and rejected response, in turn */
  async #score(
    checkpoint: number,
    pairs: readonly ListedPair[],
    progress: Progress,
  ): Promise<SequenceScore[]> {
    const scores = await this.opened.policies.score(checkpoint, pairs.flatMap(sequencesOf), progress);
    const broken = scores.findIndex(({ logp }) => !Number.isFinite(logp));
    const pair = pairs[Math.floor(broken / 2)];
    if (pair) {
      throw new TrainingError(
        `The policy of step ${checkpoint} gives no finite log-probability to pair ${idOf(pair)}: its weights have diverged. Choose an earlier checkpoint.`,
      );
    }
    return scores;
  }

  async #scoreBefore(pairs: readonly ListedPair[], progress: Progress): Promise<void> {
    const { references, why } = this.opened;
    const missing = pairs.filter((pair) => !this.#before.has(idOf(pair)));
    if (missing.length === 0) return;
    const sums = await references.sums(missing, progress);
    const tokens = why === undefined ? undefined : await references.tokens(missing, progress);
    for (const [index, pair] of missing.entries()) {
      const reference = sums[index];
      if (!reference) continue;
      const baseline = tokens
        ? sumsOf(tokens.slice(2 * index, 2 * index + 2))
        : ([reference.chosen, reference.rejected] as const);
      this.#before.set(idOf(pair), { reference, baseline });
    }
  }

  #row(pair: ListedPair, scores: readonly SequenceScore[]): PairRow | undefined {
    const before = this.#before.get(idOf(pair));
    if (!before) return undefined;
    const { prompt, chosen, rejected } = pair.loaded.pair;
    return {
      ...this.#scored(pair, { ...before, policy: sumsOf(scores) }),
      prompt: start(responseText(prompt)),
      chosenText: start(responseText(chosen)),
      rejectedText: start(responseText(rejected)),
    };
  }

  #scored(pair: ListedPair, { policy, baseline, reference }: Sums): ScoredPair {
    const { chosen, rejected } = pair.tokenized;
    const tokens = [tokensOf(chosen), tokensOf(rejected)] as const;
    const byToken = this.opened.objective.lengthNormalized;
    const ratio = byToken
      ? ([
          policy[0] / tokens[0] - reference.chosen / reference.chosenTokens,
          policy[1] / tokens[1] - reference.rejected / reference.rejectedTokens,
        ] as const)
      : ([policy[0] - reference.chosen, policy[1] - reference.rejected] as const);
    return {
      id: idOf(pair),
      split: pair.split,
      row: pair.loaded.row,
      chosen: { tokens: tokens[0], policy: policy[0], reference: reference.chosen, baseline: baseline[0] },
      rejected: {
        tokens: tokens[1],
        policy: policy[1],
        reference: reference.rejected,
        baseline: baseline[1],
      },
      margin: ratio[0] - ratio[1],
    };
  }

  #pieces(
    sequence: TokenSequence,
    policy: SequenceScore | undefined,
    baseline: SequenceScore | undefined,
  ): Pick<ResponseTokens, 'pieces' | 'missingEnd'> {
    const { tokenizer } = this.opened.policy;
    const ids = sequence.tokens.slice(sequence.promptLength);
    const last = ids.lastIndexOf(tokenizer.endToken);
    const texts = tokenPieces(sequence, tokenizer);
    return {
      pieces: ids.map((_, index) => ({
        text: texts[index] ?? '',
        policy: policy?.tokenLogps[index] ?? Number.NaN,
        baseline: baseline?.tokenLogps[index] ?? Number.NaN,
        isEnd: index === last,
      })),
      ...(last < 0 &&
        policy &&
        baseline && { missingEnd: { policy: policy.endLogp, baseline: baseline.endLogp } }),
    };
  }

  #comparison(checkpoint: number): Comparison {
    const { objective, reference, baseline, why } = this.opened;
    const { beta, loss, lengthNormalized } = objective;
    return {
      checkpoint,
      beta,
      loss,
      lengthNormalized,
      reference,
      baseline,
      ...(why !== undefined && { why }),
    };
  }
}

/** Parts of a list, each with its progress in the whole, counted in responses. */
function chunksOf(
  pairs: readonly ListedPair[],
  progress: Progress,
): { readonly chunk: readonly ListedPair[]; readonly tell: Progress }[] {
  return Array.from({ length: Math.ceil(pairs.length / CHUNK) }, (_, index) => {
    const from = index * CHUNK;
    const chunk = pairs.slice(from, from + CHUNK);
    return {
      chunk,
      tell: (done) => progress(2 * from + Math.min(done, 2 * chunk.length), 2 * pairs.length),
    };
  });
}

function sumsOf([chosen, rejected]: readonly SequenceScore[]): readonly [number, number] {
  return [chosen?.logp ?? Number.NaN, rejected?.logp ?? Number.NaN];
}

function tokensOf({ tokens, promptLength }: TokenSequence): number {
  return tokens.length - promptLength;
}

function lengthOf({ tokenized: { chosen, rejected } }: SeenPair): number {
  return chosen.tokens.length + rejected.tokens.length;
}
