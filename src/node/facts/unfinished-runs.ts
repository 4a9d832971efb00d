import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FactQuery, UnfinishedRun } from '../../core/facts';
import { inBatches } from '../files/in-batches';
import { isObject, type JsonObject } from '../files/json';
import { filesKey, type Memo } from '../files/memo';
import { refusedPath } from '../files/paths';
import { present } from '../files/present';
import { readJsonObject } from '../files/text-files';
import { runIds, TOGETHER } from '../runs/run-store';

/** Newest runs that are looked at. */
const RUNS = 200;

/** What a run.json says, which is written once. */
export interface RunOrigin {
  readonly configFile?: string;
  readonly beta?: number;
  readonly reference?: string;
}

/**
 * Runs of a config file that are not completed, newest first. The state is the one that the job wrote last: a job
 * that was killed still says `running`. Folders that hold no readable run are passed over. Never throws.
 */
export async function findUnfinishedRuns(
  query: Pick<FactQuery, 'configFile' | 'dataFolder' | 'workspaceFolder'>,
  origins: Memo<RunOrigin>,
): Promise<UnfinishedRun[]> {
  if (refusedPath(query.dataFolder)) return [];
  const dataFolder = resolve(query.workspaceFolder, query.dataFolder);
  const folder = join(dataFolder, 'runs');
  // Run ids begin with their time.
  const newest = (await runIds(dataFolder).catch(() => [])).reverse().slice(0, RUNS);
  const runs = await inBatches(newest, TOGETHER, (id) => readRun(join(folder, id), id, query, origins));
  return runs.flat();
}

async function readRun(
  folder: string,
  id: string,
  query: Pick<FactQuery, 'configFile' | 'workspaceFolder'>,
  origins: Memo<RunOrigin>,
): Promise<UnfinishedRun[]> {
  const key = await filesKey(folder, ['run.json']);
  const { configFile, ...origin } = await origins(key, () => readOrigin(folder));
  if (configFile === undefined) return [];
  if (!isSamePath(resolve(query.workspaceFolder, configFile), query.configFile)) return [];
  const status = await readJsonObject(join(folder, 'status.json')).catch((): JsonObject => ({}));
  const state = typeof status.state === 'string' ? status.state : 'queued';
  if (state === 'completed') return [];
  const step = Number.isSafeInteger(status.step) ? Number(status.step) : undefined;
  const checkpoints = await countCheckpoints(join(folder, 'checkpoints'));
  return [{ id, state, ...present({ step }), checkpoints, ...origin }];
}

async function readOrigin(folder: string): Promise<RunOrigin> {
  const run = await readJsonObject(join(folder, 'run.json')).catch((): JsonObject => ({}));
  const config = section(run, 'config');
  const { beta } = section(config, 'objective');
  const { policy } = section(config, 'reference');
  return present({
    configFile: typeof run.configFile === 'string' ? run.configFile : undefined,
    beta: typeof beta === 'number' ? beta : undefined,
    reference: typeof policy === 'string' ? policy : undefined,
  });
}

function section(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** Finished checkpoints are named by their step; one that is still being written has another name. */
async function countCheckpoints(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).length;
}

/** On Windows the same file can be written in several cases. */
function isSamePath(a: string, b: string): boolean {
  const [first, second] = [resolve(a), resolve(b)];
  return process.platform === 'win32' ? first.toLowerCase() === second.toLowerCase() : first === second;
}
