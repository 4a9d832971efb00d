import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { beforeAll, expect } from 'vitest';
import type { Programs } from '../../src/node/launch/launch-plan';
import { localLauncher } from '../../src/node/launch/launchers/local';
import { resume } from '../../src/node/launch/resume';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { problemsOfRun, ROOT } from './schemas';
import { isAlive, type Stage, until } from './support';

export const STEPS = 24;

/** Builds the job, and the trainer that writes as the real one does, for the drills of a file. */
export function usePrograms(): Programs & { readonly launcher: string } {
  const built = temporaryFolder();
  beforeAll(async () => {
    buildPrograms(built, 'job');
    const { TO_NODE } = (await import(path.join(ROOT, 'scripts/bundles.mjs'))) as { TO_NODE: BuildOptions };
    const entryPoints = ['drill-trainer', 'drill-launcher'].map((name) => `test/job/${name}.ts`);
    await build({ ...TO_NODE, entryPoints, outdir: built });
  });
  return {
    node: process.execPath,
    job: path.join(built, 'job.js'),
    onnxTrainer: path.join(built, 'drill-trainer.js'),
    judge: '',
    command: '',
    allowKey: async () => false,
    torch: { wheel: '', python: '', activePython: async () => undefined },
    launcher: path.join(built, 'drill-launcher.js'),
    versions: {},
  };
}

export function start(play: Stage, { node, job }: Programs): Promise<void> {
  const { dataFolder, sweep, runs } = play;
  return localLauncher.start({ node, program: job, dataFolder, sweep, runs });
}

/** Resumes, and waits for the end. */
export async function complete(play: Stage, programs: Programs): Promise<void> {
  await resume(play.dataFolder, play.runs, programs);
  try {
    await until(async () => (await play.read()).state === 'completed');
  } catch {
    const { state, status } = await play.read();
    const events = play.lines('events.jsonl').map((line) => JSON.stringify(line));
    const log = textOf(path.join(play.dataFolder, 'sweeps', play.sweep, 'job.log'));
    throw new Error(`It is ${state}, not completed. ${status?.error ?? ''}\n${events.join('\n')}\n${log}`);
  }
}

/** Processes of this machine whose command line names a run or sweep of the stage, by what they are. */
export function processesOf(play: Stage): { job: number[]; trainer: number[]; others: number[] } {
  const found = { job: [] as number[], trainer: [] as number[], others: [] as number[] };
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const command = textOf(`/proc/${name}/cmdline`);
    if (!command.includes(play.dataFolder) || !isAlive(pid)) continue;
    if (command.includes('job.js\0')) found.job.push(pid);
    else if (command.includes('trainer.js\0')) found.trainer.push(pid);
    else found.others.push(pid);
  }
  return found;
}

export async function untilNothingRuns(play: Stage): Promise<void> {
  await until(() => Object.values(processesOf(play)).every((pids) => pids.length === 0));
}

/** How many were there to be killed. */
export function kill(pids: readonly number[]): number {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 'SIGKILL');
    } catch {
      return false; // It has just ended by itself.
    }
  }).length;
}

/** As if what was written had been written a minute ago: readers wait for signs of life. */
export function letTimePass(play: Stage, by = 60_000): void {
  const folder = play.folderOf();
  age(path.join(folder, 'run.json'), 'created', by);
  age(path.join(folder, 'status.json'), 'heartbeat', by);
  const then = new Date(Date.now() - by);
  for (const name of namesIn(path.join(folder, 'attempts'))) {
    utimesSync(path.join(folder, 'attempts', name), then, then);
  }
}

function age(file: string, key: string, by: number): void {
  const text = textOf(file);
  if (text === '') return;
  const values = JSON.parse(text);
  writeFileSync(file, JSON.stringify({ ...values, [key]: values[key] - by }));
}

/** All that was measured so far, a line that was never finished included. */
export function writtenMetrics(play: Stage): string[] {
  return play.text('metrics.jsonl').split('\n').filter(Boolean);
}

/** Every step is there once, whatever happened on the way, and nothing that was ever written is gone. */
export function expectWhole(play: Stage, written: readonly string[] = []): void {
  const lines = play.lines('metrics.jsonl');
  const steps = lines.flatMap(({ step, split }) => (split === 'train' ? [step] : []));
  expect(steps).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
  expect(lines.flatMap(({ step, split }) => (split === 'eval' ? [step] : []))).toEqual([5, 10, 15, 20]);
  expect(JSON.parse(play.text('model/result.json'))).toEqual(expectedResult());
  const kept = new Set(
    ['metrics.jsonl', 'superseded.jsonl'].flatMap((name) => play.text(name).split('\n').filter(Boolean)),
  );
  expect(written.filter((line) => !kept.has(line))).toEqual([]);
  expect(problemsOfRun(play.folderOf())).toEqual([]);
}

function expectedResult(): number[] {
  let values = new Float32Array(64);
  for (let step = 1; step <= STEPS; step++)
    values = values.map((value, index) => (5 * value + step + index) % 8191);
  return [...values];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
