import { at } from '../../engine/at';
import { pairedLength, type ScoringSize, scoringInputs, type TokenSequence } from '../../engine/batch';
import { buildPreferenceTraining } from '../../engine/graphs/training';
import { type Tuning, trainedLayout } from '../../engine/model/layout';
import type { RunObjective } from '../pair-metrics';
import { inBatches, sizeForPairs } from './buckets';
import type { Device } from './device';
import type { Values } from './graph-session';
import { Optimizer, type StepSettings, type TrainingState } from './optimizer';
import { type RuntimeModel, SessionCache } from './session-cache';

export interface StepPair {
  readonly chosen: TokenSequence;
  readonly rejected: TokenSequence;
  /** Log-probabilities under the reference, in nats. */
  readonly reference: { readonly chosen: number; readonly rejected: number };
  /** Response tokens under the reference's tokenizer. */
  readonly referenceTokens: { readonly chosen: number; readonly rejected: number };
}

/** A step whose loss or gradient norm is not finite changed nothing. */
export interface StepResult {
  /** Mean over the pairs, plus the SFT term. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** In the order of the pairs: log-probabilities in nats, and beta times the difference of log-ratios. */
  readonly pairs: readonly {
    readonly logpChosen: number;
    readonly logpRejected: number;
    readonly margin: number;
  }[];
  /** Of all sequences, prompts included. */
  readonly tokens: number;
}

type PairResult = StepResult['pairs'][number];

/** Trains on preference pairs. Owns parameters and moments. */
export class TrainingRuntime {
  readonly #sessions: SessionCache<ScoringSize>;
  readonly #optimizer: Optimizer;

  /** @param microBatch how many pairs one run takes at most */
  constructor(
    private readonly model: RuntimeModel,
    tuning: Tuning,
    private readonly objective: RunObjective,
    device: Device,
    private readonly endToken: number,
    private readonly microBatch: number,
  ) {
    this.#optimizer = new Optimizer(trainedLayout(model.config, tuning), device);
    this.#sessions = new SessionCache(model, tuning, device, (trained, size) =>
      buildPreferenceTraining(trained, size, objective.loss),
    );
  }

  /** The arrays in use: what they hold is valid until the next step. */
  get state(): TrainingState {
    return this.#optimizer.state;
  }

  /** Copies. */
  set state(state: TrainingState) {
    this.#optimizer.state = state;
  }

  /** One optimizer step on all pairs, a micro-batch at a time. On a processor, equal inputs give equal bits. */
  async step(pairs: readonly StepPair[], settings: StepSettings): Promise<StepResult> {
    const chosenTokens = pairs.reduce((total, { chosen }) => total + responseTokens(chosen), 0);
    const weights = { pair: 1 / pairs.length, sft: this.objective.sftWeight / chosenTokens };
    const results: PairResult[] = [];
    let loss = 0;
    const lengthOf = (index: number) => {
      const { chosen, rejected } = at(pairs, index);
      return pairedLength(chosen, rejected, this.endToken);
    };
    this.#optimizer.startStep();
    for (const indices of inBatches([...pairs.keys()], lengthOf, this.microBatch)) {
      const batch = await this.#microBatch(
        indices.map((index) => at(pairs, index)),
        weights,
      );
      loss += batch.loss;
      for (const [place, index] of indices.entries()) results[index] = at(batch.pairs, place);
    }
    const gradientNorm = await this.#optimizer.update(settings, Number.isFinite(loss));
    return {
      loss,
      gradientNorm,
      pairs: results,
      tokens: pairs.reduce(
        (total, { chosen, rejected }) => total + chosen.tokens.length + rejected.tokens.length,
        0,
      ),
    };
  }

  async close(): Promise<void> {
    await this.#sessions.close();
    await this.#optimizer.close();
  }

  async #microBatch(pairs: readonly StepPair[], weights: { readonly pair: number; readonly sft: number }) {
    const count = pairs.length;
    const sequences = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
    const size = sizeForPairs(pairs, this.endToken, this.model.config);
    const session = await this.#sessions.get(size);
    const { inputs, outputs } = this.#optimizer.ends;
    const results = await session.run(
      {
        ...scoringInputs(sequences, size, this.endToken),
        ...this.#objectiveInputs(pairs),
        ...inputs,
        pair_weights: new Float32Array(count).fill(weights.pair),
        sft_weights: new Float32Array(count).fill(weights.sft),
      },
      outputs,
    );
    this.#optimizer.gradientAdded();
    const { loss = [], sequence_logps: logps = [], margins = [] } = results;
    return {
      loss: at(loss, 0),
      pairs: pairs.map((_, place) => ({
        logpChosen: at(logps, place),
        logpRejected: at(logps, count + place),
        margin: at(margins, place),
      })),
    };
  }

  #objectiveInputs(pairs: readonly StepPair[]): Values {
    const { loss, lengthNormalized, beta, labelSmoothing } = this.objective;
    const both = (of: (pair: StepPair, side: 'chosen' | 'rejected') => number) =>
      Float32Array.from([
        ...pairs.map((pair) => of(pair, 'chosen')),
        ...pairs.map((pair) => of(pair, 'rejected')),
      ]);
    const means = lengthNormalized || loss === 'ipo';
    return {
      reference_logps: both(({ reference }, side) => reference[side]),
      lengths: both((pair, side) => (means ? responseTokens(pair[side]) : 1)),
      reference_lengths: both(({ referenceTokens }, side) => (means ? referenceTokens[side] : 1)),
      beta: Float32Array.of(beta),
      label_smoothing: Float32Array.of(labelSmoothing),
    };
  }
}

function responseTokens({ tokens, promptLength }: TokenSequence): number {
  return tokens.length - promptLength;
}
