import type { Config } from '../config/config';
import type { OptionType } from '../config/option-types';
import { nestConfig } from '../config/resolved';
import { isOptionPath, optionAt, sectionAt } from '../config/table';
import { PRODUCER_KINDS, type Producer, RUN_FORMAT, type RunFile } from './format';
import { isFields } from './read-files';
import { isRunName } from './run-id';

type Fields = Readonly<Record<string, unknown>>;
/** Says in a sentence what is wrong; undefined where nothing is. */
type Test = (value: unknown, key: string) => string | undefined;

/**
 * The run that a `run.json` describes, from parsed JSON, or in a sentence why it describes none. Never throws. Keys that
 * the format does not know are left out.
 */
export function runFileOf(value: unknown): RunFile | string {
  if (!isFields(value)) return 'It does not hold a JSON object.';
  const problem = problemOf(value);
  if (problem === undefined) return runOf(value);
  return isNumber(value.format) && value.format > RUN_FORMAT
    ? `It was made by a newer DPO Lab (format ${value.format}). Update DPO Lab.`
    : problem;
}

function problemOf(value: Fields): string | undefined {
  for (const [key, test] of Object.entries(FIELDS)) {
    const problem = test(value[key], key);
    if (problem !== undefined) return problem;
  }
  return problemOfProducer(value) ?? problemOfSection(value.config, 'config', '');
}

const number: Test = (value, key) => (isNumber(value) ? undefined : `Its ${key} is not a number.`);
/** Milliseconds that a date can show. */
const time: Test = (value, key) =>
  isNumber(value) && Math.abs(value) <= 8.64e15 ? undefined : `Its ${key} is not a time.`;
const text: Test = (value, key) => (isText(value) ? undefined : `Its ${key} is not a text.`);
const optional =
  (test: Test): Test =>
  (value, key) =>
    value === undefined ? undefined : test(value, key);
/** An id becomes part of a path. */
const runName: Test = (value, key) => (isRunName(value) ? undefined : `Its ${key} is no name of a run.`);
const texts: Test = (value, key) =>
  isFields(value) && Object.values(value).every(isText) ? undefined : `Its ${key} does not hold texts.`;

const FIELDS: Readonly<Record<string, Test>> = {
  format: number,
  id: runName,
  created: time,
  sweep: optional(runName),
  name: optional(text),
  configFile: optional(text),
  configText: optional(text),
  configHash: optional(text),
  baseFolder: text,
  dataFolder: text,
  versions: optional(texts),
  gitCommit: optional(text),
};

/** Format 1 named a backend where format 2 has a producer. */
function problemOfProducer({ format, backend, producer }: Fields): string | undefined {
  if (format === 1) {
    return backend === 'onnx' || backend === 'torch' ? undefined : 'Its backend is neither onnx nor torch.';
  }
  if (!isFields(producer)) return 'It names no producer.';
  if (!PRODUCER_KINDS.some((kind) => kind === producer.kind)) {
    return `Its producer.kind is none of ${PRODUCER_KINDS.join(', ')}.`;
  }
  return text(producer.trainer, 'producer.trainer') ?? optional(text)(producer.version, 'producer.version');
}

/** An option may be absent, which says that its value is not known, but not have a value of another type. */
function problemOfSection(section: unknown, name: string, prefix: string): string | undefined {
  if (!isFields(section)) return `Its ${name} is not a section with settings.`;
  for (const [key, value] of Object.entries(section)) {
    const path = prefix + key;
    const type = optionAt(path)?.type;
    const problem =
      type !== undefined
        ? problemOfValue(value, type, path)
        : sectionAt(path)
          ? problemOfSection(value, `config.${path}`, `${path}.`)
          : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfValue(value: unknown, type: OptionType, path: string): string | undefined {
  return isOfType(value, type) ? undefined : `Its config.${path} has a value of the wrong type.`;
}

function isOfType(value: unknown, type: OptionType): boolean {
  switch (type.kind) {
    case 'number':
      return isNumber(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((item) => isOfType(item, type.items));
    default:
      return isText(value);
  }
}

function runOf(value: Fields): RunFile {
  const fields = Object.keys(FIELDS).flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]]]));
  const run = { versions: {}, ...Object.fromEntries(fields) } as Omit<RunFile, 'producer' | 'config'>;
  return { ...run, producer: producerOf(value, run), config: nestConfig(knownOptions(value.config)) };
}

function producerOf({ producer, backend }: Fields, run: Pick<RunFile, 'versions'>): Producer {
  if (isFields(producer)) {
    const { kind, trainer, version } = producer as unknown as Producer;
    return { kind, trainer, ...(version !== undefined && { version }) };
  }
  const version = run.versions['dpo-lab'];
  return { kind: backend as 'onnx' | 'torch', trainer: 'dpo-lab', ...(version !== undefined && { version }) };
}

function knownOptions(nested: unknown, prefix = ''): Config {
  const found = Object.entries(nested as Fields).map(([key, value]) => {
    const path = prefix + key;
    if (isOptionPath(path)) return { [path]: value };
    return sectionAt(path) ? knownOptions(value, `${path}.`) : {};
  });
  return Object.assign({}, ...found);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
