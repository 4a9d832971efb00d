import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { inBatches } from '../files/in-batches';
import { TOGETHER } from '../runs/run-store';
import { readTrackio } from './trackio';

/** What kind of log a file is, by its name. The order is that of exactness: a value of an earlier kind counts. */
export const LOG_KINDS = [
  'state',
  'swift',
  'llama-factory',
  'events',
  'wandb',
  'trackio',
  'args',
  'printed',
  'end',
] as const;
export type LogKind = (typeof LOG_KINDS)[number];

export interface LogFile {
  readonly kind: LogKind;
  readonly path: string;
}

/** A run of another trainer: the folder that it wrote into, and the logs that lie there. */
export interface Source {
  /** Absolute. */
  readonly folder: string;
  /** The log, where the run is known by what it printed alone. */
  readonly log?: string;
  /** Its name, where one file holds several runs. */
  readonly run?: string;
  readonly files: readonly LogFile[];
}

/** Deeper folders are no outputs of a trainer. */
const DEEPEST = 8;
/** Folders and files that are looked at in all; more is no folder of runs. */
const MOST_FOLDERS = 50_000;

/** Never entered: programs, repositories, our own runs, weights. */
const PASSED_OVER = new Set([
  'node_modules',
  '__pycache__',
  'site-packages',
  '.git',
  '.dpo',
  '.venv',
  'venv',
  'global_step',
  '.cache',
]);

/** Runs of other trainers at and below folders, by their logs. Links to folders are not followed. Never throws. */
export async function findSources(folders: readonly string[]): Promise<Source[]> {
  const logs: LogFile[] = [];
  let level = [...new Set(folders)];
  let seen = 0;
  for (let depth = 0; depth <= DEEPEST && level.length > 0 && seen < MOST_FOLDERS; depth++) {
    seen += level.length;
    const found = await inBatches(level, TOGETHER, lookInto);
    logs.push(...found.flatMap((one) => one.logs));
    level = found.flatMap((one) => one.folders);
  }
  const databases = logs.filter(({ kind }) => kind === 'trackio');
  return [...grouped(logs), ...(await inBatches(databases, 4, trackioRuns)).flat()];
}

/** One source a run. What cannot be read is left for the reader to report. */
async function trackioRuns(file: LogFile): Promise<Source[]> {
  const folder = dirname(file.path);
  const runs = await readTrackio(file.path).catch(() => new Map<string, unknown>());
  return [...runs.keys()].map((run) => ({ folder, log: file.path, run, files: [file] }));
}

async function lookInto(folder: string): Promise<{ readonly logs: LogFile[]; readonly folders: string[] }> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const logs: LogFile[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) folders.push(path);
      continue;
    }
    // Links to files are followed when they are read, where they lead to a regular file.
    const kind = kindOf(entry.name);
    if (kind) logs.push({ kind, path });
  }
  return { logs, folders };
}

function kindOf(name: string): LogKind | undefined {
  if (name === 'trainer_state.json') return 'state';
  if (name === 'logging.jsonl') return 'swift';
  if (name === 'trainer_log.jsonl') return 'llama-factory';
  if (name === 'args.json') return 'args';
  if (name === 'train_results.json' || name === 'all_results.json') return 'end';
  if (name.includes('tfevents.')) return 'events';
  if (/^run-.*\.wandb$/.test(name)) return 'wandb';
  if (name.endsWith('.db')) return 'trackio';
  if (/\.(?:log|out)$/.test(name) || /^log_\d+\.txt$/.test(name)) return 'printed';
  return undefined;
}

/** Folders in which trainers put logs, below the folder of the run. */
const CHECKPOINT = /^(?:checkpoint-\d+|epoch_\d+|step_\d+)$/;
const LOG_FOLDER = /^(?:runs|logs|tensorboard|tb_logs|events)$/;

/** The folder of the run that a log belongs to. */
function ownerOf({ kind, path }: LogFile): string {
  const folder = dirname(path);
  const parent = dirname(folder);
  if (kind === 'wandb') return folder;
  if (CHECKPOINT.test(basename(folder))) return parent;
  if (kind !== 'events') return folder;
  if (LOG_FOLDER.test(basename(folder))) return parent;
  // TRL: runs/<date>_<host>/events...
  if (LOG_FOLDER.test(basename(parent))) return dirname(parent);
  return folder;
}

function grouped(logs: readonly LogFile[]): Source[] {
  const owners = new Map<string, LogFile[]>();
  for (const log of logs) {
    if (log.kind === 'printed' || log.kind === 'end' || log.kind === 'trackio') continue;
    const owner = ownerOf(log);
    owners.set(owner, [...(owners.get(owner) ?? []), log]);
  }
  for (const [owner, files] of owners) if (files.every(({ kind }) => kind === 'args')) owners.delete(owner);
  for (const log of logs) if (log.kind === 'end') owners.get(dirname(log.path))?.push(log);
  const alone: Source[] = [];
  for (const log of logs) {
    if (log.kind !== 'printed') continue;
    const folder = dirname(log.path);
    const below = [...owners.keys()].filter((owner) => owner === folder || owner.startsWith(folder + sep));
    // What was printed beside several runs may be of any of them.
    if (below.length === 1) owners.get(below[0] as string)?.push(log);
    else if (below.length === 0) alone.push({ folder, log: log.path, files: [log] });
  }
  return [...[...owners].map(([folder, files]) => ({ folder, files })), ...alone];
}
