import type { Pair } from '../../node/data/pairs';
import type { PairLogprobs } from './logprob-columns';

/** A preference pair of the data. */
export interface LoadedPair {
  /** See `pairId`. */
  readonly id: string;
  /** Counted from 1 over all files of the data set, skipped rows included. */
  readonly row: number;
  readonly pair: Pair;
  /** With `reference.logprobs: columns`. */
  readonly columns?: PairLogprobs;
}
