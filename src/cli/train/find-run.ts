import { realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { shownPath } from '../../node/files/paths';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';
import { listRuns } from '../../node/runs/run-store';
import { visible } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

/** The word for what was launched last. */
const LAST = 'last';

/** Where the runs are that a command started in a folder means. */
export async function dataFolderOf(cwd: string, wanted?: string): Promise<string> {
  if (wanted !== undefined) return namedFolder(cwd, wanted);
  return join(await workspaceOf(join(cwd, 'any'), cwd), DATA_FOLDER);
}

/** A data folder that the user has named. It may be a link, which is meant then. */
export async function namedFolder(cwd: string, wanted: string): Promise<string> {
  const path = resolve(cwd, wanted);
  return realpath(path).catch(() => path);
}

/** What a command has to say besides an id, so that the same runs are meant from here: mostly nothing. */
export async function placeOf(dataFolder: string, cwd: string): Promise<string> {
  if ((await dataFolderOf(cwd)) === dataFolder) return '';
  const path = shownPath(dataFolder, cwd);
  return ` --data-folder ${shellWord(path)}`;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The run with an id, or the only one whose id ends so; `last` is the newest. Undefined where there is none.
 *
 * @throws UsageError where several are meant
 */
export async function findRun(name: string, cwd: string): Promise<RunRecord | undefined> {
  const runs = await listRuns(await dataFolderOf(cwd));
  if (name === LAST) return byTime(runs).at(-1);
  const named = withName(name, runs, ({ id }) => id);
  if (named.length > 1) throw ambiguous(name, named);
  return named[0];
}

/**
 * The runs that a command is about: one, or the arms of a sweep, which has an id too. `last` is what was launched last.
 *
 * @throws UsageError where nothing or several things are meant
 */
export async function findRuns(name: string, dataFolder: string): Promise<readonly RunRecord[]> {
  const runs = await listRuns(dataFolder);
  if (runs.length === 0) {
    throw new UsageError(
      `There are no runs in ${dataFolder}. Start one with: dpo-lab train CONFIG, or name another folder with --data-folder.`,
    );
  }
  const sweepOf = (run: RunRecord): string => run.run?.sweep ?? run.id;
  if (name === LAST) {
    const newest = byTime(runs).at(-1);
    return runs.filter((run) => newest && sweepOf(run) === sweepOf(newest));
  }
  const named = withName(name, runs, ({ id }) => id);
  if (named.length > 1) throw ambiguous(name, named);
  if (named.length === 1) return named;
  const arms = withName(name, runs, sweepOf);
  if (new Set(arms.map(sweepOf)).size > 1) throw ambiguous(name, arms);
  if (arms.length > 0) return arms;
  throw new UsageError(
    `There is no run ${visible(name)} in ${dataFolder}. dpo-lab runs lists what is there.`,
  );
}

function byTime(runs: readonly RunRecord[]): RunRecord[] {
  return runs.toSorted((a, b) => (a.run?.created ?? 0) - (b.run?.created ?? 0));
}

function withName(name: string, runs: readonly RunRecord[], idOf: (run: RunRecord) => string): RunRecord[] {
  const exact = runs.filter((run) => idOf(run) === name);
  return exact.length > 0 || name === '' ? exact : runs.filter((run) => idOf(run).endsWith(name));
}

function ambiguous(name: string, runs: readonly RunRecord[]): UsageError {
  const ids = runs.map(({ id }) => id).join(', ');
  return new UsageError(`Several runs end in ${visible(name)}: ${ids}. Give more of the id.`);
}
