/**
 * The files of a run folder, as `docs/RUN_FORMAT.md` specifies them. One program writes each file; every other reads.
 * Times are milliseconds since 1970. Numbers that JSON cannot hold are written as `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */

/** Raised when an older reader would misunderstand a newer file. */
export const RUN_FORMAT = 2;

export const RUN_FILES = {
  run: 'run.json',
  status: 'status.json',
  metrics: 'metrics.jsonl',
  trainer: 'trainer.jsonl',
  events: 'events.jsonl',
  judgements: 'judgements.jsonl',
  log: 'output.log',
  control: 'control.json',
  command: 'command.json',
  marks: 'marks.json',
  checkpoints: 'checkpoints',
  model: 'model',
} as const;

/**
 * What trains a run: our trainer on ONNX Runtime or on PyTorch, another trainer's command that a job starts, or nothing
 * any more, because the run was imported from another trainer's files.
 */
export const PRODUCER_KINDS = ['onnx', 'torch', 'command', 'imported'] as const;

export interface Producer {
  readonly kind: (typeof PRODUCER_KINDS)[number];
  /** Such as `dpo-lab`, `trl`, `llama-factory`. */
  readonly trainer: string;
  /** Of the trainer, where it is known. */
  readonly version?: string;
}

/** `run.json`: what a run is. Written once, by the launcher or by what imported the run. */
export interface RunFile {
  readonly format: number;
  readonly id: string;
  readonly created: number;
  /** The sweep that the run is an arm of. */
  readonly sweep?: string;
  readonly producer: Producer;
  /** What people call the run, where it has no config file to be named after. */
  readonly name?: string;
  /**
   * Options with their values, nested as in a config file: every option for a run of our trainers, what is known for
   * others. Paths are as written: relative to `baseFolder`.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** Absolute. Absent where no config file is known. */
  readonly configFile?: string;
  /** As it was when the run was launched. */
  readonly configText?: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly configHash?: string;
  /** Absolute: the folder of the config file, or the one that the run was imported from. */
  readonly baseFolder: string;
  /** Absolute: holds `references/`, `runs/` and `sweeps/`. */
  readonly dataFolder: string;
  /** Of the programs that take part, such as `dpo-lab`, `node` and `onnxruntime`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the repository that holds the config, where there is one. */
  readonly gitCommit?: string;
}

/** Whether a job of ours trains the run, so that it can be resumed. */
export function isStartedHere({ producer }: Pick<RunFile, 'producer'>): boolean {
  return producer.kind !== 'imported';
}

/** Whether one of our trainers made the run, so that we can read its checkpoints. */
export function isTrainedHere({ producer }: Pick<RunFile, 'producer'>): boolean {
  return producer.kind === 'onnx' || producer.kind === 'torch';
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

/** By which a launcher finds again what it started: `process` has `pid` and `host`; other kinds have fields of their own. */
export interface Handle {
  readonly kind: string;
  readonly [field: string]: string | number;
}

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
  /** What takes care of the run, until it has ended. */
  readonly handle?: Handle;
  /** The attempt that this status is of: see `attempts` in the page of the format. */
  readonly attempt?: number;
  /**
   * Milliseconds after which the run counts as interrupted where nothing more is heard and the handle cannot be checked: a
   * network mount may show a file of a minute ago, and what waits in a queue writes nothing for days.
   */
  readonly stale?: number;
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
  readonly values: MetricValues;
}

/** Values by their names: those of `METRICS`, and others that a trainer has of its own, whose unit is not known. */
export type MetricValues = Readonly<Partial<Record<MetricName, JsonNumber>>> & {
  readonly [name: string]: JsonNumber;
};

/** Every value whose meaning is known, with its unit. */
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
  repetition: 'share of stretches of four tokens that occurred before in the same generated text',
  reference_repetition: 'share of stretches of four tokens that occurred before in the same generated text',
  win_rate: 'share of generated texts, ties half',
} as const;
export type MetricName = keyof typeof METRICS;

export function isKnownMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** Characters of a name that a trainer gave to a value of its own, at most. */
const LONGEST_NAME = 100;

export function canNameMetric(name: string): boolean {
  return name !== '' && name.length <= LONGEST_NAME;
}

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
  /** `path`: where another trainer has written it. */
  | { readonly kind: 'checkpoint'; readonly step: number; readonly path?: string }
  | { readonly kind: 'samples'; readonly step: number; readonly samples: readonly Sample[] }
  /** Another trainer has taken its last step, or stopped as it was asked to; it still saves its result. */
  | { readonly kind: 'trained'; readonly step: number; readonly stopped: boolean }
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
      /** The figures it was raised for, and what they were measured on. */
      readonly split?: MetricsLine['split'];
      readonly values?: MetricsLine['values'];
    }
  /** An alarm of the same code and severity has passed. */
  | {
      readonly kind: 'cleared';
      readonly code: string;
      readonly severity: 'error' | 'warning' | 'info';
      readonly step: number;
      /** The step at which it was raised. */
      readonly raised: number;
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
