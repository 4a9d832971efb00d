/**
 * The files of a run folder, as `docs/RUN_FORMAT.md` specifies them. One program writes each file; every other reads.
 * Times are milliseconds since 1970. Numbers that JSON cannot hold are written as `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */

/** Raised when an older reader would misunderstand a newer file. */
export const RUN_FORMAT = 1;

export const RUN_FILES = {
  run: 'run.json',
  status: 'status.json',
  metrics: 'metrics.jsonl',
  trainer: 'trainer.jsonl',
  events: 'events.jsonl',
  log: 'output.log',
  control: 'control.json',
  checkpoints: 'checkpoints',
  model: 'model',
} as const;

/** `run.json`: what a run is. Written once, by the launcher. */
export interface RunFile {
  readonly format: number;
  readonly id: string;
  readonly created: number;
  /** The sweep that the run is an arm of. */
  readonly sweep?: string;
  readonly backend: 'onnx' | 'torch';
  /** Every option with its value, nested as in a config file. Paths are as written: relative to `baseFolder`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Absolute. */
  readonly configFile: string;
  /** As it was when the run was launched. */
  readonly configText: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly configHash: string;
  /** Absolute: the folder of the config file. */
  readonly baseFolder: string;
  /** Absolute: holds `references/`, `runs/` and `sweeps/`. */
  readonly dataFolder: string;
  /** Of the programs that take part, such as `dpo-lab`, `node` and `onnxruntime`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the repository that holds the config, where there is one. */
  readonly gitCommit?: string;
}

export const RUN_STATES = [
  'queued',
  'preparing',
  'running',
  'stopping',
  'completed',
  'stopped',
  'failed',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States that nothing follows, unless the run is resumed. */
export const END_STATES: ReadonlySet<RunState> = new Set(['completed', 'stopped', 'failed']);

/** `status.json`: how a run is. Replaced as a whole, by the job alone. */
export interface RunStatus {
  readonly format: number;
  readonly state: RunState;
  /** What is being done, in words, such as `reference log-probabilities 120 of 2,312`. */
  readonly activity?: string;
  /** Optimizer steps done. */
  readonly step: number;
  readonly totalSteps?: number;
  /** Passes over the pairs. */
  readonly epoch?: number;
  /** Process id of the job, while it runs. */
  readonly pid?: number;
  /** Process id of the trainer, which leads its process group. It stays where the job died. */
  readonly trainer?: number;
  readonly host: string;
  /** When the job last wrote this file. */
  readonly heartbeat: number;
  readonly started?: number;
  readonly ended?: number;
  /** Milliseconds that the rest will take. */
  readonly remaining?: number;
  /** Why it failed and what to do next. */
  readonly error?: string;
}

/** A number, or its name where JSON has none for it. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

/** A line of `metrics.jsonl`: what was measured at a step. Written by the trainer. */
export interface MetricsLine {
  /** Optimizer steps done, from 1; an evaluation before training is at step 0. */
  readonly step: number;
  readonly time: number;
  readonly split: 'train' | 'eval';
  readonly values: Readonly<Partial<Record<MetricName, JsonNumber>>>;
}

/** Every value that may be measured, with its unit. */
export const METRICS = {
  loss: 'nats per pair for sigmoid',
  reward_chosen: 'beta times nats',
  reward_rejected: 'beta times nats',
  reward_margin: 'beta times nats',
  accuracy: 'share of pairs',
  log_ratio_chosen: 'nats: the reward divided by beta',
  log_ratio_rejected: 'nats: the reward divided by beta',
  log_ratio_margin: 'nats: the margin divided by beta',
  logp_chosen: 'nats per response',
  logp_rejected: 'nats per response',
  sft_loss: 'nats per token of the chosen response',
  learning_rate: 'per step',
  gradient_norm: 'before clipping',
  tokens_per_second: 'tokens, prompts included',
  memory: 'bytes',
  epoch: 'passes over the pairs',
  eos_drift: 'nats: log p(EOS) after chosen responses, policy minus reference',
  kl: 'nats per generated token, policy to reference',
  generated_length: 'tokens',
  ended: 'share of generated texts',
  reference_generated_length: 'tokens',
  reference_ended: 'share of generated texts',
  win_rate: 'share of generated texts, ties half',
} as const;
export type MetricName = keyof typeof METRICS;

/** A text that was generated at an evaluation. */
export interface GeneratedText {
  readonly text: string;
  /** Tokens, the end-of-sequence token included. */
  readonly tokens: number;
  /** False where it reached the limit. */
  readonly ended: boolean;
  /** The judge's score, where it gives one. */
  readonly score?: number;
}

export interface Sample {
  readonly prompt: string;
  readonly policy: GeneratedText;
  readonly reference?: GeneratedText;
}

export type Phase = 'loading' | 'reading' | 'tokenizing' | 'reference' | 'training' | 'evaluating' | 'saving';

/** A line of `trainer.jsonl`: what a trainer tells its job. Written by the trainer. */
export type TrainerLine = { readonly time: number } & (
  | { readonly kind: 'phase'; readonly phase: Phase; readonly done?: number; readonly total?: number }
  | {
      readonly kind: 'plan';
      readonly totalSteps: number;
      readonly pairs: number;
      readonly evalPairs: number;
      readonly device: string;
    }
  | { readonly kind: 'resumed'; readonly step: number }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'samples'; readonly step: number; readonly samples: readonly Sample[] }
  /** The result lies in `model/`. */
  | { readonly kind: 'completed'; readonly step: number }
  /** As asked, after a checkpoint at this step. */
  | { readonly kind: 'stopped'; readonly step: number }
  | { readonly kind: 'failed'; readonly message: string }
);

/** A line of `events.jsonl`: what happened to a run. Written by the job. */
export type EventLine = { readonly time: number } & (
  | { readonly kind: 'state'; readonly state: RunState; readonly reason?: string }
  | {
      readonly kind: 'alarm';
      /** Of the rule catalogue, such as RUN003. */
      readonly code: string;
      readonly severity: 'error' | 'warning' | 'info';
      readonly step: number;
      readonly message: string;
    }
);

/**
 * `control.json`: what somebody outside asks of a run. The trainer obeys between two steps; `kill` is for the job, which
 * ends the trainer's processes at once.
 */
export interface ControlFile {
  /** The run that is meant: a request for a run that was replaced meanwhile is not obeyed. */
  readonly run: string;
  readonly request: 'stop' | 'checkpoint' | 'kill';
  readonly time: number;
}

export function toJsonNumber(value: number): JsonNumber {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** NaN for what is no number. */
export function fromJsonNumber(value: unknown): number {
  return typeof value === 'number'
    ? value
    : Number(value === '-Infinity' || value === 'Infinity' ? value : NaN);
}
