import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ControlFile,
  END_STATES,
  type MetricsLine,
  RUN_FILES,
  RUN_FORMAT,
  type RunFile,
} from '../../core/runs/format';
import { shownState } from '../../core/runs/liveness';
import { isRunStatus, mergeValues, metricsLine } from '../../core/runs/read-files';
import { runFileOf } from '../../core/runs/run-file';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { inBatches } from '../files/in-batches';
import { PRIVATE_FILE } from '../files/own-files';
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

/** Runs that are read together: each has a few files open. */
export const TOGETHER = 16;

/** Where the runs and sweeps of a data folder lie. */
export function runFolderOf(dataFolder: string, id: string): string {
  return join(dataFolder, 'runs', id);
}

export function sweepFolderOf(dataFolder: string, id: string): string {
  return join(dataFolder, 'sweeps', id);
}

/** The runs of a data folder, oldest first. Their metrics are not read. Never throws. */
export async function listRuns(dataFolder: string): Promise<RunRecord[]> {
  const names = await readdir(join(dataFolder, 'runs')).catch(() => []);
  // Folders that are being made or deleted have a dot before their name.
  const ids = names.filter((name) => !name.startsWith('.')).sort();
  return inBatches(ids, TOGETHER, (id) => readRun(runFolderOf(dataFolder, id), id));
}

/**
 * Never throws: what cannot be read is told by `problem`.
 *
 * @param known what its `run.json` says, where that was read before: it is written once
 */
export async function readRun(folder: string, id: string, known?: RunFile): Promise<RunRecord> {
  const [run, status] = await Promise.all([
    known ?? readRunFile(folder, id),
    readJsonObject(join(folder, RUN_FILES.status)).catch(() => undefined),
  ]);
  const told = isRunStatus(status) ? status : undefined;
  if (typeof run === 'string') {
    // Without a run file it is not known when it was created: only an end is certain.
    const state = told && END_STATES.has(told.state) ? told.state : 'interrupted';
    return { id, folder, state, problem: run, ...(told && { status: told }) };
  }
  const state = shownState(told, run.created, localProbe(run.sweep ?? id));
  const newer = Math.max(run.format, told?.format ?? 0) > RUN_FORMAT;
  return {
    id,
    folder,
    state,
    run,
    ...(told && { status: told }),
    ...(newer && {
      problem: `${id} was made by a newer DPO Lab: it can be read, not changed. Update DPO Lab.`,
    }),
  };
}

/** What `run.json` says, or why it cannot be used. */
async function readRunFile(folder: string, id: string): Promise<RunFile | string> {
  const path = join(folder, RUN_FILES.run);
  try {
    const run = runFileOf(await readJsonObject(path));
    if (typeof run === 'string') return `${path} describes no run. ${run}`;
    return run.id === id ? run : `${path} describes another run, ${run.id}. Give the folder its name back.`;
  } catch (error) {
    return error instanceof FileError ? error.message : `${path} cannot be read: ${messageOf(error)}.`;
  }
}

/** Whether the job's process is known to be gone, although the run does not count as interrupted yet. */
export function isJobGone({ status, run, id }: RunRecord): boolean {
  const { host, isAlive } = localProbe(run?.sweep ?? id);
  return status?.pid !== undefined && status.host === host && !isAlive(status.pid);
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
  return { train: mergeValues(lines, 'train'), eval: mergeValues(lines, 'eval') };
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
