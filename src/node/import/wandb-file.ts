import { crc32 } from 'node:zlib';
import { isFields } from '../../core/runs/read-files';
import { parsePythonJson } from './json-logs';
import { bytesOf, protoFields, textOf } from './protobuf';
import { AttemptLines, linesOfEntry, numberOf, type Recording } from './recording';
import { trainerOfNames } from './trainer-of';

/** The file begins with `:W&B`, a magic number of two bytes and a version. */
const START = 7;
/** LevelDB's log format: blocks, each fragment with CRC-32, length and kind before it. */
const BLOCK = 32 * 1024;
const HEADER = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** Fields of wandb's `Record` message. */
const RECORD = { history: 2, config: 5, run: 17, exit: 18 } as const;

/** The history and settings in a wandb offline file (`run-*.wandb`). A fragment whose CRC does not fit is left out. */
export function readWandbFile(file: Buffer): Recording {
  if (file.toString('latin1', 0, 4) !== ':W&B') return { lines: [] };
  const lines = new AttemptLines();
  const settings: Record<string, unknown> = Object.create(null);
  const tags = new Set<string>();
  let isComplete = false;
  let last = 0;
  for (const record of records(file)) {
    for (const { id, value } of protoFields(record)) {
      if (typeof value === 'number') continue;
      if (id === RECORD.run) for (const config of bytesOf(value, 4)) Object.assign(settings, items(config));
      if (id === RECORD.config) Object.assign(settings, items(value));
      // `RunExitRecord.exit_code` is 0, which protobuf leaves out.
      if (id === RECORD.exit)
        isComplete = [...protoFields(value)].every((field) => field.id !== 1 || field.value === 0);
      if (id !== RECORD.history) continue;
      const entry = items(value);
      for (const key of Object.keys(entry)) tags.add(key);
      const step = stepOf(entry, value);
      const seconds = numberOf(entry._timestamp);
      if (step !== undefined) last = Math.max(last, step);
      for (const line of linesOfEntry(flat(entry), step, seconds && Math.round(seconds * 1000)))
        lines.add(line);
    }
  }
  return {
    lines: lines.lines,
    step: last,
    settings,
    ...trainerOfNames(tags),
    ...(isComplete && { isComplete }),
  };
}

/** `train/global_step` where the trainer logs it: wandb's own step counts calls. */
function stepOf(entry: Readonly<Record<string, unknown>>, history: Buffer): number | undefined {
  const named = ['train/global_step', 'training_step', 'global_step'].map((key) => entry[key]);
  const step = named.find((value) => typeof value === 'number') ?? entry._step;
  if (typeof step === 'number') return step;
  const own = bytesOf(history, 2).flatMap((message) => [...protoFields(message)])[0]?.value;
  return typeof own === 'number' ? own : undefined;
}

/** Nested settings become fields of fields; keys of a history that nest are joined. */
function flat(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !/(?:^|\/)global_step$/.test(key)));
}

/** `HistoryItem`, `ConfigItem`: a key or a path of keys, and JSON. */
function items(message: Buffer): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const item of bytesOf(message, 1)) {
    const json = textOf(item, 16);
    const key =
      textOf(item, 1) ||
      bytesOf(item, 2)
        .map((part) => part.toString('utf8'))
        .join('.');
    if (json === undefined || key === '' || key === '__proto__') continue;
    const value = parsePythonJson(json);
    found[key] = isFields(value) && Object.keys(value).length === 2 && 'value' in value ? value.value : value;
  }
  return found;
}

function* records(file: Buffer): Generator<Buffer> {
  let parts: Buffer[] = [];
  for (let at = START; at + HEADER <= file.length; ) {
    const left = BLOCK - (at % BLOCK);
    const length = file.readUInt16LE(at + 4);
    const kind = file[at + 6];
    if (left < HEADER || (kind === 0 && length === 0)) {
      at += left;
      continue;
    }
    const end = at + HEADER + length;
    if (end > file.length) return;
    const data = file.subarray(at + HEADER, end);
    const isWhole = crc32(file.subarray(at + 6, end)) === file.readUInt32LE(at);
    at = end;
    if (!isWhole || kind === FIRST || kind === FULL) parts = [];
    if (!isWhole) continue;
    if (kind === FULL) yield data;
    else parts.push(data);
    if (kind === LAST) {
      yield Buffer.concat(parts);
      parts = [];
    }
  }
}
