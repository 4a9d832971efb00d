// node jobs-reader.cjs DATA_FOLDER SECONDS: follows runs as the sidebar does, and prints what that took as JSON.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { isLive } from '../../src/core/runs/liveness';
import { runTree } from '../../src/core/runs/run-tree';
import { changedKeys, ItemIndex } from '../../src/host/vscode/item-index';
import { DataFolderRuns } from '../../src/node/runs/data-folder-runs';

const [dataFolder = '', seconds = '0'] = process.argv.slice(2);

let index = new ItemIndex([]);
let drawn = 0;
/** Steps of each run that were shown, with the time. */
const shown = new Map<string, { step: number; at: number }[]>();

const runs = new DataFolderRuns(dataFolder, () => {
  const before = index;
  index = new ItemIndex(runTree(runs.runs, String));
  if (changedKeys(before, index).length > 0) drawn++;
  for (const { id, train } of runs.runs) {
    const seen = shown.get(id) ?? [];
    shown.set(id, seen);
    const step = Number(train.loss ?? 0);
    if (step > (seen.at(-1)?.step ?? 0)) seen.push({ step, at: Date.now() });
  }
});

/** Milliseconds from each line that was logged in this time to its being shown, itself or a later one. */
function latenessOf(from: number, to: number): number[] {
  return [...shown].flatMap(([id, seen]) => {
    const text = readFileSync(path.join(dataFolder, 'runs', id, 'metrics.jsonl'), 'utf8');
    const lines = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return lines
      .filter(({ time }) => time >= from && time < to)
      .map(({ step, time }) => (seen.find((one) => one.step >= step)?.at ?? Number.POSITIVE_INFINITY) - time);
  });
}

async function main(): Promise<void> {
  // Until all is watched, and what was there was read.
  await delay(6000);
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  drawn = 0;
  const [since, wall, processor] = [Date.now(), performance.now(), process.cpuUsage()];
  await delay(1000 * Number(seconds));
  const { user, system } = process.cpuUsage(processor);
  const took = performance.now() - wall;
  loop.disable();
  const until = Date.now();
  await delay(3000);
  const figures = {
    live: runs.runs.filter(({ state }) => isLive(state)).length,
    processor: (user + system) / 1000 / took,
    drawn,
    blocked: loop.max / 1e6,
    lateness: latenessOf(since, until),
    degraded: runs.degraded,
  };
  console.log(JSON.stringify(figures));
  process.exit();
}

void main();
