import { at } from '../../engine/at';
import { type ScoringSize, scoringInputs, type TokenSequence } from '../../engine/batch';
import { buildSupervisedTraining } from '../../engine/graphs/training';
import { type Tuning, trainedLayout } from '../../engine/model/layout';
import { inBatches, sizeFor } from './buckets';
import type { Device } from './device';
import { Optimizer, type StepSettings, type TrainingState } from './optimizer';
import { type RuntimeModel, SessionCache } from './session-cache';

/** A step whose loss or gradient norm is not finite changed nothing. */
export interface SupervisedResult {
  /** Nats per response token. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Of all sequences, prompts included. */
  readonly tokens: number;
}

/** Supervised fine-tuning on responses, to make a starting policy. Owns parameters and moments. */
export class SupervisedRuntime {
  readonly #sessions: SessionCache<ScoringSize>;
  readonly #optimizer: Optimizer;

  /** @param microBatch how many sequences one run takes at most */
  constructor(
    private readonly model: RuntimeModel,
    tuning: Tuning,
    device: Device,
    private readonly endToken: number,
    private readonly microBatch: number,
  ) {
    this.#optimizer = new Optimizer(trainedLayout(model.config, tuning), device);
    this.#sessions = new SessionCache(model, tuning, device, buildSupervisedTraining);
  }

  /** The arrays in use: what they hold is valid until the next step. */
  get state(): TrainingState {
    return this.#optimizer.state;
  }

  /** Copies. */
  set state(state: TrainingState) {
    this.#optimizer.state = state;
  }

  /** One optimizer step on the mean over all response tokens. */
  async step(sequences: readonly TokenSequence[], settings: StepSettings): Promise<SupervisedResult> {
    const scored = sequences.reduce((sum, { tokens, promptLength }) => sum + tokens.length - promptLength, 0);
    let loss = 0;
    this.#optimizer.startStep();
    for (const batch of inBatches(sequences, ({ tokens }) => tokens.length, this.microBatch)) {
      const size = sizeFor(batch, this.endToken, this.model.config);
      const session = await this.#sessions.get(size);
      const { inputs, outputs } = this.#optimizer.ends;
      const sft_weights = new Float32Array(batch.length).fill(1 / scored);
      const results = await session.run(
        { ...scoringInputs(batch, size, this.endToken), ...inputs, sft_weights },
        outputs,
      );
      this.#optimizer.gradientAdded();
      loss += at(results.loss ?? [], 0);
    }
    const gradientNorm = await this.#optimizer.update(settings, Number.isFinite(loss));
    return { loss, gradientNorm, tokens: sequences.reduce((sum, { tokens }) => sum + tokens.length, 0) };
  }

  async close(): Promise<void> {
    await this.#sessions.close();
    await this.#optimizer.close();
  }
}
