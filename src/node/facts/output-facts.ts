import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { OutputFacts } from '../../core/facts';
import { readEventFiles } from '../import/event-logs';
import { numberOf } from '../import/recording';

const CHECKPOINT = /^checkpoint-\d+$/;
const EVENTS = /tfevents\./;
/** TensorBoard's files of one run: `runs/<date>_<host>/`, or the folder itself. */
const DEEPEST = 2;
const MOST_FILES = 8;
const LARGEST = 8 * 1024 * 1024;

/** Checkpoints in the output folder of another trainer, and the beta that its logs record. Never throws. */
export async function readOutput(folder: string, baseFolder: string): Promise<OutputFacts | undefined> {
  const path = resolve(baseFolder, folder);
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const checkpoints = entries.filter((entry) => entry.isDirectory() && CHECKPOINT.test(entry.name)).length;
  if (checkpoints === 0) return undefined;
  const beta = await recordedBeta(path);
  return { folder, checkpoints, ...(beta === undefined ? {} : { beta }) };
}

/** Of the newest run that recorded one. */
async function recordedBeta(folder: string): Promise<number | undefined> {
  const files = await eventFiles(folder, 0);
  const dated = await Promise.all(
    files.map(async (path) => ({ path, found: await stat(path).catch(() => undefined) })),
  );
  const newest = dated
    .flatMap(({ path, found }) =>
      found?.isFile() && found.size <= LARGEST ? [{ path, time: found.mtimeMs }] : [],
    )
    .sort((a, b) => b.time - a.time)
    .slice(0, MOST_FILES);
  for (const { path } of newest) {
    const bytes = await readFile(path).catch(() => undefined);
    const settings = bytes ? (readEventFiles([bytes]).settings ?? {}) : {};
    const [, value] = Object.entries(settings).find(([key]) => /^(pref_)?beta$/.test(key)) ?? [];
    const beta = numberOf(value);
    if (beta !== undefined) return beta;
  }
  return undefined;
}

async function eventFiles(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const here = entries.filter((entry) => entry.isFile() && EVENTS.test(entry.name));
  const below =
    depth < DEEPEST ? entries.filter((entry) => entry.isDirectory() && !CHECKPOINT.test(entry.name)) : [];
  const deeper = await Promise.all(
    below.slice(0, 50).map(({ name }) => eventFiles(join(folder, name), depth + 1)),
  );
  return [...here.map(({ name }) => join(folder, name)), ...deeper.flat()];
}
