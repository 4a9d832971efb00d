// node runs-child.cjs TASK FOLDER [NUMBER]: does one thing with runs, in this process. Prints one JSON object.
import { readdirSync, readFileSync, watch as watchPlainly } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watch } from 'chokidar';
import { METRIC_NAMES } from '../../src/core/metrics/row';
import { type MetricName, RUN_FILES } from '../../src/core/runs/format';
import { metricsLine } from '../../src/core/runs/read-files';
import { JsonLinesReader } from '../../src/node/files/json-lines';
import type { WatchPaths } from '../../src/node/files/watch-paths';
import { MetricsReader } from '../../src/node/runs/metrics-reader';
import { listRuns } from '../../src/node/runs/run-store';
import { watchRuns } from '../../src/node/runs/watch-runs';
import { appendMetrics, makeRun, runIds, writeMetrics, writeStatus } from './runs-files';

/** What a panel of a live run shows. */
const CHOSEN: readonly MetricName[] = [
  'loss',
  'reward_chosen',
  'reward_rejected',
  'reward_margin',
  'accuracy',
  'logp_chosen',
  'logp_rejected',
  'gradient_norm',
  'learning_rate',
  'tokens_per_second',
];

/** Runs that are written to, the first ones. */
const LIVE = 100;

interface Used {
  /** Milliseconds. */
  readonly wall: number;
  readonly processor: number;
  /** Bytes of the process that stay. */
  readonly memory: number;
  /** Bytes in typed arrays, of them. */
  readonly arrays: number;
}

async function used(act: () => unknown): Promise<Used> {
  globalThis.gc?.();
  const [wall, processor, memory] = [performance.now(), process.cpuUsage(), process.memoryUsage()];
  const result = await act();
  const { user, system } = process.cpuUsage(processor);
  const took = performance.now() - wall;
  globalThis.gc?.();
  await delay(50);
  globalThis.gc?.();
  const after = process.memoryUsage();
  if (result === undefined) throw new Error('Nothing came of it.');
  return {
    wall: took,
    processor: (user + system) / 1000,
    memory: after.rss - memory.rss,
    arrays: after.arrayBuffers - memory.arrayBuffers,
  };
}

async function openSeries(folder: string, chosen: readonly MetricName[], lines: number): Promise<unknown> {
  const reader = new MetricsReader(folder, chosen);
  await reader.next();
  const { train, eval: held } = reader.series;
  if (train.length + held.length !== lines) throw new Error(`${train.length + held.length} lines were read.`);
  return reader;
}

/** What a script would do: all objects are kept. */
function openObjects(folder: string): unknown {
  const bytes = readFileSync(path.join(folder, 'metrics.jsonl'));
  const objects: unknown[] = [];
  for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start))
    objects.push(JSON.parse(bytes.toString('utf8', start, end)));
  return objects;
}

function listPlainly(dataFolder: string): unknown {
  const runs = path.join(dataFolder, 'runs');
  return readdirSync(runs).map((id) =>
    ['run.json', 'status.json'].map((name) => JSON.parse(readFileSync(path.join(runs, id, name), 'utf8'))),
  );
}

interface Latencies extends Used {
  /** Milliseconds from a line's time to its being read, each. */
  readonly latencies: readonly number[];
  readonly degraded?: string | undefined;
  readonly ready: number;
}

type Watcher = (dataFolder: string, told: (id: string) => void) => { readonly degraded?: string | undefined };

/** Watches for some seconds and reads what was written. */
async function watchFor(dataFolder: string, seconds: number, begin: Watcher): Promise<Latencies> {
  const readers = new Map(
    runIds(LIVE).map((id) => [id, new JsonLinesReader(path.join(dataFolder, 'runs', id, 'metrics.jsonl'))]),
  );
  const reading = new Map<string, Promise<void>>();
  const latencies: number[] = [];
  let since = Number.POSITIVE_INFINITY;
  const read = async (id: string): Promise<void> => {
    for (const value of (await readers.get(id)?.read())?.values ?? []) {
      const { time } = metricsLine(value) ?? { time: Number.NaN };
      if (time > since) latencies.push(Date.now() - time);
    }
  };
  const memory = process.memoryUsage.rss();
  const start = performance.now();
  let lastTold = start;
  const watcher = begin(dataFolder, (id) => {
    lastTold = performance.now();
    reading.set(
      id,
      (reading.get(id) ?? Promise.resolve()).then(() => read(id)),
    );
  });
  // Until all is watched and what was there was read.
  await delay(4000);
  const ready = lastTold - start;
  since = Date.now();
  const figures = await used(async () => {
    await delay(1000 * seconds);
    return true;
  });
  globalThis.gc?.();
  return {
    ...figures,
    memory: process.memoryUsage.rss() - memory,
    latencies,
    ready,
    degraded: watcher.degraded,
  };
}

const ours: Watcher = (dataFolder, told) => watchRuns(dataFolder, (ids) => ids.forEach(told));
const withFsWatch: Watcher = (dataFolder, told) =>
  watchRuns(dataFolder, (ids) => ids.forEach(told), { watch: fsWatch });
const fsWatch: WatchPaths = (paths, listener) => {
  const watchers = paths.map((file) =>
    watchPlainly(file, (_, name) => {
      if (name !== null && (name === path.basename(file) || listener.wants(name))) listener.changed(name);
    }),
  );
  return {
    close: async () => {
      for (const watcher of watchers) watcher.close();
    },
  };
};
/** The whole folder, as it is usually watched. */
const chokidarAlone: Watcher = (dataFolder, told) => {
  watch(dataFolder, { ignoreInitial: true }).on('all', (_, file) =>
    told(path.relative(path.join(dataFolder, 'runs'), file).split(path.sep)[0] ?? ''),
  );
  return {};
};

/** Each run gets a line a second and a new status every two, until the process is ended. */
async function write(dataFolder: string): Promise<never> {
  const ids = runIds(LIVE);
  const start = performance.now();
  for (let turn = 0; ; turn++) {
    const [index, round] = [turn % LIVE, Math.floor(turn / LIVE)];
    const id = ids[index] ?? '';
    appendMetrics(dataFolder, id, 101 + round);
    if ((index + round) % 2 === 0) writeStatus(dataFolder, id, 'running');
    const next = start + ((turn + 1) * 1000) / LIVE;
    await delay(Math.max(0, next - performance.now()));
  }
}

const TASKS: Readonly<Record<string, (folder: string, number: number) => unknown>> = {
  'open all': (folder, lines) => used(() => openSeries(folder, METRIC_NAMES, lines)),
  'open chosen': (folder, lines) => used(() => openSeries(folder, CHOSEN, lines)),
  'open objects': (folder) => used(() => openObjects(folder)),
  list: (folder) => used(() => listRuns(folder)),
  'list plainly': (folder) => used(() => listPlainly(folder)),
  watch: (folder, seconds) => watchFor(folder, seconds, ours),
  'watch with fs.watch': (folder, seconds) => watchFor(folder, seconds, withFsWatch),
  'watch with chokidar': (folder, seconds) => watchFor(folder, seconds, chokidarAlone),
  write,
  'make metrics': (folder, lines) => {
    writeMetrics(path.join(folder, RUN_FILES.metrics), lines);
    return {};
  },
  make: (folder, live) => {
    for (const [index, id] of runIds(1000).entries())
      makeRun(folder, id, index < live ? 'running' : 'completed');
    return {};
  },
};

const [task = '', folder = '', number] = process.argv.slice(2);
void Promise.resolve(TASKS[task]?.(folder, Number(number))).then((result) => {
  console.log(JSON.stringify(result));
  process.exit();
});
