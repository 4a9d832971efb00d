import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type ControlFile,
  type MetricsLine,
  RUN_FILES,
  RUN_FORMAT,
  type RunFile,
  type RunStatus,
  toJsonNumber,
} from '../../core/runs/format';
import { shownState } from '../../core/runs/liveness';
import { mergeValues, metricsLine, runStatusOf } from '../../core/runs/read-files';
import { runFileOf } from '../../core/runs/run-file';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { noNewsFor } from '../../core/runs/run-words';
import { inBatches } from '../files/in-batches';
import { namesIn } from '../files/names-in';
import { insideOf, PRIVATE_FILE } from '../files/own-files';
import {
  codeOf,
  FileError,
  fileError,
  isMissing,
  messageOf,
  readJsonObject,
  regularFileSize,
} from '../files/text-files';
import { writeError } from '../files/write-error';
import { localProbe } from '../processes/process-check';
import { newestWinRate } from './judgements';
import { readMarks } from './run-marks';

/** Runs that are read together: each has a few files open. */
export const TOGETHER = 16;

/** Where the runs and sweeps of a data folder lie. */
export function runFolderOf(dataFolder: string, id: string): string {
  return join(dataFolder, 'runs', id);
}

export function sweepFolderOf(dataFolder: string, id: string): string {
  return join(dataFolder, 'sweeps', id);
}

/**
 * Ids of the runs of a data folder, oldest first. Folders in the making or being deleted begin with a dot.
 *
 * @throws FileError where the folder cannot be read
 */
export async function runIds(dataFolder: string): Promise<string[]> {
  const names = await namesIn(join(dataFolder, 'runs'));
  return names.filter((name) => !name.startsWith('.')).sort();
}

/**
 * The runs of a data folder, oldest first. Their metrics are not read. One that cannot be read is `unreadable`.
 *
 * @throws FileError where the folder of all runs cannot be read
 */
export async function listRuns(dataFolder: string): Promise<RunRecord[]> {
  return inBatches(await runIds(dataFolder), TOGETHER, (id) => readRun(runFolderOf(dataFolder, id), id));
}

/**
 * Never throws: a run that cannot be read is `unreadable`, and its `problem` says why.
 *
 * @param known what its `run.json` says, where that was read before: it is written once
 */
export async function readRun(folder: string, id: string, known?: RunFile): Promise<RunRecord> {
  try {
    const files = await requireFiles(folder);
    const [run, status, marks] = await Promise.all([
      known ?? readRunFile(folder, id),
      readStatus(folder),
      files.has(RUN_FILES.marks) ? readMarks(folder) : undefined,
    ]);
    const state = shownState(status, run.created, localProbe(run.sweep ?? id));
    const newer = Math.max(run.format, status?.format ?? 0) > RUN_FORMAT;
    return {
      id,
      folder,
      state,
      run,
      ...(marks && { marks }),
      ...(status && { status: run.producer.kind === 'imported' ? withSilence(status, state) : status }),
      ...(newer && {
        problem: `${id} was made by a newer DPO Lab: it can be read, not changed. Update DPO Lab.`,
      }),
    };
  } catch (error) {
    // A job may care for it all the same.
    const status = await readStatus(folder).catch(() => undefined);
    return { id, folder, state: 'unreadable', problem: messageOf(error), ...(status && { status }) };
  }
}

/** Nothing tells whether another trainer lives that writes nothing: how long it is silent is all that can be said. */
function withSilence(status: RunStatus, state: RunRecord['state']): RunStatus {
  return state === 'interrupted' ? { ...status, activity: noNewsFor(Date.now() - status.heartbeat) } : status;
}

/** Files that readers of a run open. */
const READ: ReadonlySet<string> = new Set([
  RUN_FILES.run,
  RUN_FILES.status,
  RUN_FILES.metrics,
  RUN_FILES.trainer,
  RUN_FILES.events,
  RUN_FILES.judgements,
  RUN_FILES.marks,
  RUN_FILES.log,
]);

/** @throws FileError where the folder, or a file in it, is something else or leads somewhere else */
async function requireFiles(folder: string): Promise<ReadonlySet<string>> {
  const place = [dirname(dirname(folder)), basename(dirname(folder)), basename(folder)] as const;
  insideOf(...place);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOTDIR') throw new FileError(`${folder} is a file, not the folder of a run.`);
    throw fileError(error, folder);
  });
  for (const entry of entries) {
    if (!READ.has(entry.name) || entry.isFile()) continue;
    await regularFileSize(insideOf(...place, entry.name));
  }
  return new Set(entries.map(({ name }) => name));
}

/** @throws FileError where it describes no run */
async function readRunFile(folder: string, id: string): Promise<RunFile> {
  const path = join(folder, RUN_FILES.run);
  const run = runFileOf(await readJsonObject(path));
  if (typeof run === 'string') throw new FileError(`${path} describes no run. ${run}`);
  if (run.id === id) return run;
  throw new FileError(`${path} describes another run, ${run.id}. Give the folder its name back.`);
}

/**
 * Undefined before the job wrote it, and where a write was cut short: the next one replaces it.
 *
 * @throws FileError where the file system refuses
 */
async function readStatus(folder: string): Promise<RunStatus | undefined> {
  try {
    return runStatusOf(await readJsonObject(join(folder, RUN_FILES.status)));
  } catch (error) {
    // Only what the file system says has a cause.
    if (isMissing(error) || !(error instanceof FileError) || error.cause === undefined) return undefined;
    throw error;
  }
}

/** Bytes of `metrics.jsonl` that hold the newest values. */
const NEWEST = 256 * 1024;

export interface NewestMetrics {
  readonly train: MetricsLine['values'];
  readonly eval: MetricsLine['values'];
  /** Why the metrics cannot be read, in a sentence. */
  readonly problem?: string;
}

/** The newest values of a run, from the end of its metrics alone. Empty where there are none. Never throws. */
export async function newestMetrics(folder: string, bytes = NEWEST): Promise<NewestMetrics> {
  let text: string;
  try {
    text = await readEnd(join(folder, RUN_FILES.metrics), bytes);
  } catch (error) {
    return { train: {}, eval: {}, problem: messageOf(error) };
  }
  const lines = text.split('\n').flatMap((line) => metricsLine(parse(line)) ?? []);
  const held = mergeValues(lines, 'eval');
  const win_rate = await newestWinRate(folder);
  return {
    train: mergeValues(lines, 'train'),
    eval: win_rate === undefined ? held : { ...held, win_rate: toJsonNumber(win_rate) },
  };
}

/**
 * The last bytes of a file as text; empty for a missing file.
 *
 * @throws FileError where it exists and cannot be read
 */
export async function readEnd(path: string, bytes: number, from = 0): Promise<string> {
  try {
    await regularFileSize(path);
    return await readLast(path, bytes, from);
  } catch (error) {
    if (isMissing(error)) return '';
    throw fileError(error, path);
  }
}

async function readLast(path: string, bytes: number, from: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - bytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Asks something of a run; its job and trainer obey when they look next. A run that was deleted meanwhile is asked nothing.
 *
 * @throws FileError where nothing can be written
 */
export async function askRun(folder: string, run: string, request: ControlFile['request']): Promise<void> {
  const control: ControlFile = { run, request, time: Date.now() };
  const path = join(folder, RUN_FILES.control);
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(control)}\n`, { flag: 'wx', mode: PRIVATE_FILE });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (codeOf(error) !== 'ENOENT') throw writeError(error, path);
  }
}
