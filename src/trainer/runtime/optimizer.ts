import { at } from '../../engine/at';
import { buildOptimizer } from '../../engine/graphs/optimizer';
import type { Layout } from '../../engine/model/layout';
import type { Device } from './device';
import { GraphSession } from './graph-session';
import { allocationFailure } from './out-of-memory';

/** What a run has learnt so far: flat vectors in the order of the layout. */
export interface TrainingState {
  readonly parameters: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
}

export interface StepSettings {
  /** 1 at the first. */
  readonly step: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Infinity for no clipping. */
  readonly maxGradNorm: number;
}

/**
 * Parameters, their moments and the gradient of the step at hand. The runtime may not write where it reads, so there
 * are two of each, which change places.
 */
export class Optimizer {
  #session: Promise<GraphSession> | undefined;
  #state: TrainingState;
  #nextState: TrainingState;
  #gradients: Float32Array;
  #nextGradients: Float32Array;

  /** @throws TrainingError when memory does not suffice */
  constructor(
    private readonly layout: Layout,
    private readonly device: Device,
  ) {
    const { size } = layout;
    try {
      this.#state = emptyState(size);
      this.#nextState = emptyState(size);
      this.#gradients = new Float32Array(size);
      this.#nextGradients = new Float32Array(size);
    } catch (error) {
      throw allocationFailure(error, `eight times ${size.toLocaleString('en')} trained parameters`) ?? error;
    }
  }

  /** The arrays in use: what they hold is valid until the next step. */
  get state(): TrainingState {
    return this.#state;
  }

  /** Copies. */
  set state({ parameters, firstMoments, secondMoments }: TrainingState) {
    this.#state.parameters.set(parameters);
    this.#state.firstMoments.set(firstMoments);
    this.#state.secondMoments.set(secondMoments);
  }

  startStep(): void {
    this.#gradients.fill(0);
  }

  /** Inputs and outputs of a training graph that adds the gradient of a micro-batch. */
  get ends() {
    return {
      inputs: { parameters: this.#state.parameters, gradients_in: this.#gradients },
      outputs: { gradients_out: this.#nextGradients },
    };
  }

  /** To be called after a run of a training graph with `ends`. */
  gradientAdded(): void {
    [this.#gradients, this.#nextGradients] = [this.#nextGradients, this.#gradients];
  }

  /**
   * Updates the state by the gradient, unless its norm is not finite or the step is not `sound`.
   *
   * @returns the norm of the gradient, before clipping
   */
  async update(settings: StepSettings, sound: boolean): Promise<number> {
    this.#session ??= GraphSession.load(buildOptimizer(this.layout), this.device);
    const session = await this.#session;
    const next = this.#nextState;
    const { gradient_norm } = await session.run(
      {
        parameters: this.#state.parameters,
        first_moments: this.#state.firstMoments,
        second_moments: this.#state.secondMoments,
        gradients: this.#gradients,
        step: Float32Array.of(settings.step),
        learning_rate: Float32Array.of(settings.learningRate),
        weight_decay: Float32Array.of(settings.weightDecay),
        max_gradient_norm: Float32Array.of(settings.maxGradNorm),
      },
      {
        parameters_out: next.parameters,
        first_moments_out: next.firstMoments,
        second_moments_out: next.secondMoments,
      },
    );
    const norm = at(gradient_norm ?? [], 0);
    if (sound && Number.isFinite(norm)) [this.#state, this.#nextState] = [next, this.#state];
    return norm;
  }

  async close(): Promise<void> {
    await (await this.#session)?.release();
  }
}

function emptyState(size: number): TrainingState {
  return {
    parameters: new Float32Array(size),
    firstMoments: new Float32Array(size),
    secondMoments: new Float32Array(size),
  };
}
