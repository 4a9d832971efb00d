import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { RunRecord } from '../core/runs/run-snapshot';
import type { Programs } from '../node/launch/launch-plan';
import { listRuns } from '../node/runs/run-store';

/** What actions work with: they know neither terminal nor editor. */
export interface ActionContext {
  /** Nothing outside of it is read or started. Absolute. */
  readonly folder: string;
  /** Where its runs are. Absolute. */
  readonly dataFolder: string;
  readonly programs: Programs;
  /** False: of a config, its text alone is looked at. */
  readonly isTrusted: boolean;
  /** Ends what an action has started to answer. */
  readonly signal?: AbortSignal;
}

/** What whoever asked can act on: what happened, and what to do next. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
}

/**
 * A file or folder that was named, inside of the context's folder, links followed.
 *
 * @throws ActionError
 */
export async function placeOf(name: string, { folder }: ActionContext): Promise<string> {
  const path = resolve(folder, name);
  // Of a file that does not exist, the closest folder that does.
  const real = await realOf(path);
  const way = relative(await realOf(folder), real);
  if (way === '' || !(way.startsWith('..') || isAbsolute(way))) return path;
  throw new ActionError(
    `${name} lies outside of ${folder}, which this server was started for. Start one there.`,
  );
}

async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realOf(parent), basename(path));
  }
}

/**
 * The runs that a name means: one run, or the arms of a sweep; the end of an id is enough, and `last` is what was launched
 * last.
 *
 * @throws ActionError
 */
export async function runsOf(name: string, { dataFolder }: ActionContext): Promise<readonly RunRecord[]> {
  const runs = await listRuns(dataFolder);
  if (runs.length === 0)
    throw new ActionError(`There are no runs in ${dataFolder}. Start one: the tool start, with a config.`);
  const sweepOf = (run: RunRecord): string => run.run?.sweep ?? run.id;
  if (name === 'last') {
    const newest = runs.toSorted((a, b) => (a.run?.created ?? 0) - (b.run?.created ?? 0)).at(-1);
    return runs.filter((run) => newest && sweepOf(run) === sweepOf(newest));
  }
  const exact = runs.filter(({ id }) => id === name);
  if (exact.length > 0) return exact;
  const arms = runs.filter((run) => sweepOf(run) === name);
  if (arms.length > 0) return arms;
  const ending =
    name === '' ? [] : runs.filter((run) => run.id.endsWith(name) || sweepOf(run).endsWith(name));
  if (ending.length === 1 || new Set(ending.map(sweepOf)).size === 1) return ending;
  throw new ActionError(
    ending.length === 0
      ? `There is no run ${name} here. The tool status lists the runs.`
      : `Several runs end in ${name}: ${ending.map(({ id }) => id).join(', ')}. Give more of the id.`,
  );
}

/** @throws ActionError where the name means several */
export async function runOf(name: string, context: ActionContext): Promise<RunRecord> {
  const runs = await runsOf(name, context);
  const [run] = runs;
  if (run && runs.length === 1) return run;
  throw new ActionError(
    `${name} is a sweep of ${runs.length} arms: ${runs.map(({ id }) => id).join(', ')}. Name one of them.`,
  );
}
