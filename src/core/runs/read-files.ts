import {
  type ControlFile,
  canNameMetric,
  type EventLine,
  type Handle,
  type MetricsLine,
  type MetricValues,
  RUN_STATES,
  type RunFile,
  type RunState,
  type RunStatus,
  type TrainerLine,
} from './format';

/**
 * What stands in a run's files, from parsed JSON. A foreign or damaged value gives undefined and never throws; keys of a
 * newer version are passed over.
 */

type Fields = Readonly<Record<string, unknown>>;

export function isRunStatus(value: unknown): value is RunStatus {
  return (
    isFields(value) &&
    isRunState(value.state) &&
    isNumber(value.step) &&
    isNumber(value.heartbeat) &&
    isText(value.host) &&
    ['totalSteps', 'epoch', 'attempt', 'stale', 'trainer', 'started', 'ended', 'remaining'].every(
      (key) => value[key] === undefined || isNumber(value[key]),
    ) &&
    ['activity', 'error'].every((key) => value[key] === undefined || isText(value[key]))
  );
}

const STATUS_KEYS = [
  'state',
  'activity',
  'step',
  'totalSteps',
  'epoch',
  'attempt',
  'stale',
  'trainer',
  'host',
  'heartbeat',
  'started',
  'ended',
  'remaining',
  'error',
] as const satisfies readonly (keyof RunStatus)[];

/** Undefined for what describes no status. Keys that the format does not know are left out. */
export function runStatusOf(value: unknown): RunStatus | undefined {
  if (!isFields(value) || !isRunStatus(value)) return undefined;
  const known = STATUS_KEYS.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]]));
  const handle = handleOf(value);
  return {
    format: isNumber(value.format) ? value.format : 1,
    ...Object.fromEntries(known),
    ...(handle && { handle }),
  };
}

/** Format 1 had the id of a process in its place. */
function handleOf({ handle, pid, host }: Fields): Handle | undefined {
  if (isNumber(pid) && isText(host) && handle === undefined) return { kind: 'process', pid, host };
  if (!isFields(handle) || !isText(handle.kind)) return undefined;
  const fields = Object.entries(handle).filter(([, value]) => isText(value) || isNumber(value));
  return Object.fromEntries(fields) as Handle;
}

function isRunState(value: unknown): value is RunState {
  return RUN_STATES.some((state) => state === value);
}

/** What is not a number is left out. */
export function metricsLine(value: unknown): MetricsLine | undefined {
  if (!isFields(value) || !isNumber(value.step) || !isNumber(value.time) || !isFields(value.values))
    return undefined;
  const { step, time, split } = value;
  if (split !== 'train' && split !== 'eval') return undefined;
  const numbers = Object.entries(value.values).filter(
    ([name, number]) => canNameMetric(name) && isJsonNumber(number),
  );
  return { step, time, split, values: Object.fromEntries(numbers) as MetricValues };
}

const TRAINER_LINES: { readonly [K in TrainerLine['kind']]: (line: Fields) => boolean } = {
  phase: ({ phase, done, total }) =>
    isText(phase) && [done, total].every((count) => count === undefined || isNumber(count)),
  plan: ({ totalSteps, pairs, evalPairs, device }) =>
    [totalSteps, pairs, evalPairs].every(isNumber) && isText(device),
  resumed: ({ step }) => isNumber(step),
  warning: ({ message }) => isText(message),
  checkpoint: ({ step, path }) => isNumber(step) && (path === undefined || isText(path)),
  trained: ({ step, stopped }) => isNumber(step) && typeof stopped === 'boolean',
  samples: ({ step, samples }) => isNumber(step) && Array.isArray(samples),
  completed: ({ step }) => isNumber(step),
  stopped: ({ step }) => isNumber(step),
  failed: ({ message }) => isText(message),
};

export function isTrainerLine(value: unknown): value is TrainerLine {
  return (
    isFields(value) &&
    isNumber(value.time) &&
    isText(value.kind) &&
    Object.hasOwn(TRAINER_LINES, value.kind) &&
    TRAINER_LINES[value.kind as TrainerLine['kind']](value)
  );
}

export function isEventLine(value: unknown): value is EventLine {
  if (!isFields(value) || !isNumber(value.time)) return false;
  if (value.kind === 'state') return isRunState(value.state);
  if (!isText(value.code) || !isNumber(value.step)) return false;
  if (!['error', 'warning', 'info'].some((severity) => severity === value.severity)) return false;
  if (value.kind === 'cleared') return isNumber(value.raised);
  return (
    value.kind === 'alarm' &&
    isText(value.message) &&
    (value.values === undefined || isFields(value.values)) &&
    (value.split === undefined || value.split === 'train' || value.split === 'eval')
  );
}

export function isControlFile(value: unknown): value is ControlFile {
  return (
    isFields(value) &&
    isText(value.run) &&
    (value.request === 'stop' || value.request === 'checkpoint' || value.request === 'kill')
  );
}

/** The setting of an arm; NaN for what its config does not say. */
export function armOf(run: RunFile): {
  readonly beta: number;
  readonly seed: number;
  readonly learningRate?: number;
} {
  const number = (section: string, key: string): number => {
    const fields = run.config[section];
    const value = isFields(fields) ? fields[key] : undefined;
    return isNumber(value) ? value : Number.NaN;
  };
  const learningRate = number('training', 'learning_rate');
  return {
    beta: number('objective', 'beta'),
    seed: number('training', 'seed'),
    ...(Number.isFinite(learningRate) && { learningRate }),
  };
}

/** Newer lines replace values of older ones, each by its name. */
export function mergeValues(
  lines: readonly MetricsLine[],
  split: MetricsLine['split'],
): MetricsLine['values'] {
  const own = lines.filter((line) => line.split === split);
  return Object.fromEntries(own.flatMap(({ values }) => Object.entries(values))) as MetricValues;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJsonNumber(value: unknown): boolean {
  return isNumber(value) || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
