import { at } from '../../engine/at';
import {
  pairedLength,
  type ScoringInputs,
  type ScoringSize,
  scoringInputs,
  type TokenSequence,
} from '../../engine/batch';
import { buildScoring } from '../../engine/graphs/scoring';
import type { Tuning } from '../../engine/model/layout';
import { inBatches, sizeFor, sizeForPairs } from './buckets';
import type { Device } from './device';
import type { Results } from './graph-session';
import { type RuntimeModel, SessionCache } from './session-cache';

/** How a model rates a response, in nats. */
export interface SequenceScore {
  /** Sum over the response tokens. */
  readonly logp: number;
  /** How many response tokens there are. */
  readonly tokens: number;
  /** Log p of the end-of-sequence token after the response, part of the sum or not. */
  readonly endLogp: number;
  /** One a response token. */
  readonly tokenLogps: Float32Array;
}

/** Log-probabilities of responses. Sessions are made by size when first needed. */
export class ScoringRuntime {
  readonly #sessions: SessionCache<ScoringSize>;

  /** @param sequencesAtOnce how many sequences one run takes at most */
  constructor(
    private readonly model: RuntimeModel,
    tuning: Tuning,
    device: Device,
    private readonly endToken: number,
    private readonly sequencesAtOnce: number,
  ) {
    this.#sessions = new SessionCache(model, tuning, device, buildScoring);
  }

  /**
   * @param parameters of the tuning, where it has any
   * @returns scores in the order of the sequences
   */
  async score(
    sequences: readonly TokenSequence[],
    parameters: Float32Array = new Float32Array(),
    progress: (done: number, total: number) => void = () => {},
  ): Promise<SequenceScore[]> {
    const scores: SequenceScore[] = [];
    let done = 0;
    for (const { indices, size } of this.#batches(sequences)) {
      const batch = indices.map((index) => at(sequences, index));
      const inputs = scoringInputs(batch, size, this.endToken);
      const session = await this.#sessions.get(size);
      const results = await session.run({ ...inputs, parameters });
      for (const [place, index] of indices.entries()) scores[index] = scoreOf(results, inputs, size, place);
      done += batch.length;
      progress(done, sequences.length);
    }
    return scores;
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  /** Two sequences with a common prompt make a pair, which computes it once; the others are computed one by one. */
  #batches(sequences: readonly TokenSequence[]): Batch[] {
    const { config } = this.model;
    const { pairs, single } =
      this.sequencesAtOnce > 1 ? findPairs(sequences) : { pairs: [], single: [...sequences.keys()] };
    const sequencesOf = ([first, second]: IndexPair) => ({
      chosen: at(sequences, first),
      rejected: at(sequences, second),
    });
    const lengthOf = (pair: IndexPair): number => {
      const { chosen, rejected } = sequencesOf(pair);
      return pairedLength(chosen, rejected, this.endToken);
    };
    const ofPairs = inBatches(pairs, lengthOf, Math.floor(this.sequencesAtOnce / 2)).map((batch) => ({
      indices: [...batch.map(([first]) => first), ...batch.map(([, second]) => second)],
      size: sizeForPairs(batch.map(sequencesOf), this.endToken, config),
    }));
    const ofSingle = inBatches(
      single,
      (index) => at(sequences, index).tokens.length,
      this.sequencesAtOnce,
    ).map((indices) => {
      const places = Math.min(this.sequencesAtOnce, 2 ** Math.ceil(Math.log2(indices.length)));
      const batch = indices.map((index) => at(sequences, index));
      return { indices, size: sizeFor(batch, this.endToken, config, places) };
    });
    return [...ofPairs, ...ofSingle];
  }
}

interface Batch {
  /** Of the sequences, in the order that the graph takes them. */
  readonly indices: readonly number[];
  readonly size: ScoringSize;
}

type IndexPair = readonly [number, number];

/** A shorter prompt is not worth a line with a response that may be much longer. */
const WORTH_SHARING = 16;

function findPairs(sequences: readonly TokenSequence[]): { pairs: IndexPair[]; single: number[] } {
  const waiting = new Map<string, number>();
  const pairs: IndexPair[] = [];
  const single: number[] = [];
  for (const [index, { tokens, promptLength }] of sequences.entries()) {
    const prompt = tokens.slice(0, promptLength).join();
    const partner = waiting.get(prompt);
    if (partner !== undefined) {
      pairs.push([partner, index]);
      waiting.delete(prompt);
    } else if (promptLength >= WORTH_SHARING) {
      waiting.set(prompt, index);
    } else {
      single.push(index);
    }
  }
  return { pairs, single: [...single, ...waiting.values()] };
}

function scoreOf(results: Results, inputs: ScoringInputs, size: ScoringSize, place: number): SequenceScore {
  const all = results.token_logps ?? new Float32Array();
  const member = inputs.membership.subarray(place * size.slots, (place + 1) * size.slots);
  const tokenLogps = all.filter((_, slot) => member[slot] === 1);
  return {
    // In float64: the graph's own sum is float32.
    logp: tokenLogps.reduce((sum, logp) => sum + logp, 0),
    tokens: tokenLogps.length,
    endLogp: at(results.end_logps ?? [], place),
    tokenLogps,
  };
}
