import { at } from '../../engine/at';
import { type ScoringInputs, type ScoringSize, scoringInputs, type TokenSequence } from '../../engine/batch';
import { buildScoring } from '../../engine/graphs/scoring';
import type { Tuning } from '../../engine/model/layout';
import { byLength, grouped, sizeFor } from './buckets';
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
    for (const indices of grouped(
      byLength(sequences, ({ tokens }) => tokens.length),
      this.sequencesAtOnce,
    )) {
      const batch = indices.map((index) => at(sequences, index));
      const places = Math.min(this.sequencesAtOnce, 2 ** Math.ceil(Math.log2(batch.length)));
      const size = sizeFor(batch, this.endToken, this.model.config, places);
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
