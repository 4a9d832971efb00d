import type { Checked } from '../../core/check/check';
import type { Config } from '../../core/config/config';
import type { KeyRequest } from '../../core/judge/key-request';
import type { Producer } from '../../core/runs/format';
import type { SweepChoice } from '../../core/sweeps/arms';
import type { SweepFile } from '../../core/sweeps/format';
import type { FileError } from '../files/text-files';
import type { TorchPrograms, TrainerStart } from '../torch/torch-start';

/** The programs that a launch starts, bundled beside whoever launches. */
export interface Programs {
  /** Node, which runs them. */
  readonly node: string;
  readonly job: string;
  readonly onnxTrainer: string;
  readonly judge: string;
  /** Runs another trainer's command. */
  readonly command: string;
  /** Asks the user whether a key may be sent to a host. */
  readonly allowKey: (request: KeyRequest) => Promise<boolean>;
  readonly torch: TorchPrograms;
  /** Says what the user should know before the start. */
  readonly say?: (note: string) => void;
  /** Versions to note in `run.json`, such as that of dpo-lab. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface LaunchRequest {
  /** Absolute. */
  readonly configFile: string;
  /** Absolute. */
  readonly dataFolder: string;
  /** Absent: one run of `objective.beta` and `training.seed`. */
  readonly sweep?: SweepChoice & { readonly parallel?: number };
  /** Of a Python script: its arguments, and how it takes beta (`--beta`, `loss.beta=` or `env:BETA`). */
  readonly script?: { readonly args?: readonly string[]; readonly beta?: string };
}

/** What a launch makes and starts, as its trainer's kind decides it. */
export interface LaunchPlan {
  readonly checked: Checked;
  readonly producer: Producer;
  /** The settings of each arm, in the order in which they start. */
  readonly arms: readonly PlannedArm[];
  readonly job: TrainerStart & Pick<SweepFile, 'judge' | 'parallel' | 'stopDegenerate'>;
  /** Why the runs fail: there is no trainer to start. */
  readonly problem?: FileError;
  /** What the user should know before hours of training, in sentences. */
  readonly notes: readonly string[];
}

export interface PlannedArm {
  readonly config: Config;
  /** What its folder holds beside `run.json`: texts by their names. */
  readonly files: Readonly<Record<string, string>>;
}
