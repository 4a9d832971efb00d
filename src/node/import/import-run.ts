import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AlarmWatch } from '../../core/alarms/alarm-watch';
import { flattenConfig } from '../../core/config/resolved';
import {
  type MetricsLine,
  RUN_FILES,
  RUN_FORMAT,
  type RunFile,
  type RunStatus,
} from '../../core/runs/format';
import { runId } from '../../core/runs/run-id';
import { replaceJson } from '../files/atomic-file';
import { insideOf, PRIVATE_FILE, PRIVATE_FOLDER } from '../files/own-files';
import { runFolderOf } from '../runs/run-store';
import type { Source } from './find-sources';
import { metricsOf, timesIn } from './imported-metrics';
import type { ReadSource } from './read-source';
import { readOrEmpty, syncLines } from './run-writer';
import { knownSettings } from './settings';
import { producerOf } from './trainer-of';

/** Milliseconds of silence after which nothing more is said than how long it lasts: an evaluation can take minutes. */
const SILENCE = 5 * 60_000;

/** What tells an adopted run again: its folder, and its log where the folder may hold several. */
export function sourceKey({ baseFolder, name }: Pick<RunFile, 'baseFolder' | 'name'>): string {
  return `${baseFolder}\n${name ?? ''}`;
}

/** What people call it: the last two folders, since many outputs are called `out` or `dpo`. */
export function sourceName({ folder, log, run }: Source): string {
  if (run !== undefined) return run;
  return log === undefined
    ? join(basename(dirname(folder)), basename(folder)).replaceAll('\\', '/')
    : basename(log);
}

/** Whether the logs are of preference training: others write the same files. */
export function isPreferenceRun({ recording }: ReadSource): boolean {
  const names = new Set(recording.lines.flatMap(({ values }) => Object.keys(values)));
  const hasRewards = ['reward_chosen', 'reward_margin', 'accuracy'].some((name) => names.has(name));
  return hasRewards || (names.size > 0 && knownSettings(recording.settings ?? {}).beta !== undefined);
}

/**
 * Writes what another trainer left as a run folder: a new one, or what is new into the one that was written before.
 *
 * @param before the run that this source was imported as, where it was
 * @returns its id
 * @throws FileError where a link leads out of the data folder, and what the file system says
 */
export async function importRun(
  dataFolder: string,
  source: Source,
  read: ReadSource,
  before: RunFile | undefined,
  versions: Readonly<Record<string, string>>,
): Promise<RunFile> {
  const run = runOf(dataFolder, source, read, before, versions);
  const folder = runFolderOf(dataFolder, run.id);
  insideOf(dataFolder, 'runs', run.id);
  if (!before || !existsSync(folder)) await makeRun(folder, run);
  else if (JSON.stringify(before) !== JSON.stringify(run))
    replaceJson(join(folder, RUN_FILES.run), run, { durable: false });
  const path = join(folder, RUN_FILES.metrics);
  const { beta } = knownSettings(read.recording.settings ?? {});
  const lines = metricsOf(read, { created: run.created, beta }, timesIn(path));
  syncLines(path, lines);
  const status = statusOf(read, run, lines);
  syncLines(join(folder, RUN_FILES.events), alarmsIn(lines, run, status.totalSteps));
  const text = `${JSON.stringify(status, null, 2)}\n`;
  const statusPath = join(folder, RUN_FILES.status);
  if (readOrEmpty(statusPath) !== text) replaceJson(statusPath, status, { durable: false });
  return run;
}

function runOf(
  dataFolder: string,
  source: Source,
  { recording, news }: ReadSource,
  before: RunFile | undefined,
  versions: Readonly<Record<string, string>>,
): RunFile {
  const known = { producer: producerOf(recording), config: knownSettings(recording.settings ?? {}).config };
  if (before) return { ...before, ...known };
  const name = sourceName(source);
  const created = recording.lines.find(({ time }) => time !== undefined)?.time ?? news;
  const suffix = createHash('sha256')
    .update(sourceKey({ baseFolder: source.folder, name }))
    .digest('hex')
    .slice(0, 6);
  const { beta } = knownSettings(recording.settings ?? {});
  return {
    format: RUN_FORMAT,
    id: runId(created, beta, suffix),
    created,
    name,
    baseFolder: source.folder,
    dataFolder,
    versions,
    ...known,
  };
}

/** Complete or absent. Another process that imports the same may be faster. */
async function makeRun(folder: string, run: RunFile): Promise<void> {
  const unfinished = join(dirname(folder), `.${run.id}-${process.pid}`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: PRIVATE_FOLDER });
  await writeFile(join(unfinished, RUN_FILES.run), `${JSON.stringify(run, null, 2)}\n`, {
    flag: 'wx',
    mode: PRIVATE_FILE,
  });
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(join(folder, RUN_FILES.run))) throw error;
  }
}

function statusOf({ recording, news }: ReadSource, run: RunFile, lines: readonly MetricsLine[]): RunStatus {
  const { totalSteps, isComplete } = recording;
  const epoch = lines.findLast(({ values }) => typeof values.epoch === 'number')?.values.epoch;
  return {
    format: RUN_FORMAT,
    state: isComplete ? 'completed' : 'running',
    step: Math.max(recording.step ?? 0, lines.at(-1)?.step ?? 0),
    ...(totalSteps !== undefined && { totalSteps }),
    ...(typeof epoch === 'number' && { epoch }),
    stale: SILENCE,
    host: hostname(),
    heartbeat: news,
    started: run.created,
    ...(isComplete && { ended: Math.max(news, run.created) }),
  };
}

function alarmsIn(lines: readonly MetricsLine[], run: RunFile, totalSteps: number | undefined): object[] {
  const watch = new AlarmWatch({ config: flattenConfig(run.config), totalSteps: () => totalSteps });
  return lines.flatMap((line) => watch.see(line).map((change) => ({ time: line.time, ...change })));
}
