import type { Config } from '../../core/config/config';
import type { TokenSequence } from '../../engine/batch';
import type { Tuning } from '../../engine/model/layout';
import { insideOf } from '../../node/files/own-files';
import { type SavedPolicy, savedPolicies } from '../../node/runs/saved-policies';
import { Checkpoints } from '../checkpoint';
import type { TextModel } from '../model-and-tokenizer';
import { openMerged } from '../models/merge-adapter';
import { openModel } from '../models/open-model';
import type { OpenModel } from '../models/opened-model';
import type { Place, Progress } from '../models/place';
import { startParameters } from '../models/start-parameters';
import type { Device } from '../runtime/device';
import { ScoringRuntime, type SequenceScore } from '../runtime/scoring-runtime';
import { TrainingError } from '../training-error';

/** Sequences in one run of the graph. */
export const AT_ONCE = 8;

const FROZEN: Tuning = { kind: 'frozen' };

/** Of a run's folder: the merged copy of the adapter that was inspected last. It goes with the run. */
const COPY = 'inspected';

export interface PoliciesOf {
  readonly folder: string;
  readonly config: Config;
  readonly place: Place;
  /** The starting policy. */
  readonly policy: TextModel;
  /** What a saved state is about; frozen for another trainer's run, which saves no such state. */
  readonly tuning: Tuning;
  readonly device: Device;
}

/** The policy of a run at any of its checkpoints. Besides the starting policy one is in memory at a time. */
export class Policies {
  /** Of the starting policy's graph, which takes the parameters of every saved state. */
  readonly #runtime: ScoringRuntime;
  /** Most questions need the starting policy, too. */
  #start: Promise<Float32Array> | undefined;
  #loaded: { readonly step: number; readonly parameters: Float32Array } | undefined;
  #model: { readonly step: number; readonly runtime: ScoringRuntime } | undefined;

  constructor(private readonly of: PoliciesOf) {
    this.#runtime = this.#runtimeOf(of.policy.model, of.tuning);
  }

  /**
   * @param step of a checkpoint; 0 is the starting policy
   * @returns scores in the order of the sequences
   * @throws TrainingError where no policy was saved at this step
   */
  async score(
    step: number,
    sequences: readonly TokenSequence[],
    progress: Progress,
  ): Promise<SequenceScore[]> {
    const saved = step === 0 ? undefined : await this.#find(step);
    if (saved === undefined || saved.kind === 'state') {
      const parameters = await this.#parametersOf(step);
      return this.#runtime.score(sequences, parameters, progress);
    }
    const runtime = await this.#modelOf(saved, progress);
    return runtime.score(sequences, undefined, progress);
  }

  async #find(step: number): Promise<SavedPolicy> {
    const saved = (await savedPolicies(this.of.folder)).find((policy) => policy.step === step);
    if (saved) return saved;
    throw new TrainingError(
      `There is no checkpoint of step ${step}: a run keeps its newest ones only (training.keep_checkpoints). Choose another.`,
    );
  }

  async #parametersOf(step: number): Promise<Float32Array> {
    const { folder, config, policy, tuning } = this.of;
    if (step === 0) {
      this.#start ??= startParameters(policy.model, tuning, config['training.seed']);
      return this.#start;
    }
    if (this.#loaded?.step === step) return this.#loaded.parameters;
    this.#loaded = undefined;
    const { parameters } = (await new Checkpoints(folder, undefined, 1).read(step)).state;
    this.#loaded = { step, parameters };
    return parameters;
  }

  async #modelOf({ step, folder, kind }: SavedPolicy, progress: Progress): Promise<ScoringRuntime> {
    if (this.#model?.step === step) return this.#model.runtime;
    await this.#model?.runtime.close();
    this.#model = undefined;
    const { policy, place } = this.of;
    const model =
      kind === 'adapter'
        ? await openMerged(policy.model, folder, place, progress, insideOf(this.of.folder, COPY))
        : await openModel({ path: folder }, place, progress);
    const runtime = this.#runtimeOf(model, FROZEN);
    this.#model = { step, runtime };
    return runtime;
  }

  #runtimeOf(model: OpenModel, tuning: Tuning): ScoringRuntime {
    const { device, policy } = this.of;
    return new ScoringRuntime(model, tuning, device, policy.tokenizer.endToken, AT_ONCE);
  }
}
