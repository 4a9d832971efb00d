import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RunStatus } from '../../src/core/runs/format';
import { readRun } from '../../src/node/runs/run-store';
import { buildPrograms } from '../support/build-programs';
import { type TinyExperiment, useTrainer } from '../trainer/support/tiny-run';
import { problemsOfRun, problemsOfSweep } from './schemas';
import { endAfterTest, isAlive, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const experiment = useTrainer();

const CONFIG = `model: ./model
data:
  train: pairs.jsonl
  eval_fraction: 0.2
  max_length: 64
training:
  method: full
  steps: 8
  batch_size: 4
  learning_rate: 0.01
  eval_every: 4
  save_every: 2
evaluation:
  probes: [red one, blue two]
  max_new_tokens: 8
sweep:
  beta: [0.1, 0.02]
`;

/** An experiment with the real programs beside its trainer. */
async function place(
  config = CONFIG,
): Promise<TinyExperiment & { cli(...args: string[]): Promise<number | null> }> {
  const made = await experiment();
  const programs = path.dirname(made.program);
  if (!existsSync(path.join(programs, 'job.js'))) buildPrograms(programs, 'cli', 'job');
  writeFileSync(path.join(made.folder, 'tiny.dpo.yaml'), config);
  endAfterTest(() => runsOf(made));
  const cli = (...args: string[]): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [path.join(programs, 'cli.js'), ...args], {
        cwd: made.folder,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child.on('close', resolve);
    });
  return Object.assign(made, { cli });
}

function below({ folder }: TinyExperiment, name: string): string[] {
  const parent = path.join(folder, '.dpo', name);
  return existsSync(parent) ? readdirSync(parent).map((id) => path.join(parent, id)) : [];
}
const runsOf = (made: TinyExperiment): string[] => below(made, 'runs');

const metricsOf = (run: string): { step: number; split: string; values: Record<string, number> }[] =>
  readFileSync(path.join(run, 'metrics.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const stepsOf = (run: string): string[] => metricsOf(run).map(({ step, split }) => `${split} ${step}`);

/** What was measured, without what depends on the clock and the machine. */
const numbersOf = (run: string): unknown[] =>
  metricsOf(run).map(({ step, split, values }) => {
    const { tokens_per_second: _, memory: __, ...rest } = values;
    return { step, split, ...rest };
  });

describe('the real trainer under the real job', () => {
  it('sweeps, and writes what the schemas describe', async () => {
    const made = await place();
    expect(await made.cli('sweep', 'tiny.dpo.yaml')).toBe(0);
    const runs = runsOf(made);
    expect(runs).toHaveLength(2);
    expect(runs.flatMap(problemsOfRun)).toEqual([]);
    expect(below(made, 'sweeps').flatMap(problemsOfSweep)).toEqual([]);
    expect(below(made, 'references')).toHaveLength(1);
    for (const run of runs) expect(existsSync(path.join(run, 'model/model.safetensors'))).toBe(true);
  });

  it('resumes after its job was killed, without losing or repeating a line', async () => {
    const made = await place(CONFIG.replace('steps: 8', 'steps: 400').replaceAll('every: 4', 'every: 100'));
    expect(await made.cli('train', 'tiny.dpo.yaml', '--detach')).toBe(0);
    const [run = ''] = runsOf(made);
    const read = () => readRun(run, path.basename(run));
    await until(async () => ((await read()).status?.step ?? 0) > 5);
    const { handle, trainer = 0 } = (await read()).status ?? ({} as Partial<RunStatus>);
    const pid = Number(handle?.pid);
    process.kill(pid, 'SIGKILL');
    // Without its job the trainer saves and ends.
    await until(() => !isAlive(trainer));
    const status = JSON.parse(readFileSync(path.join(run, 'status.json'), 'utf8'));
    writeFileSync(path.join(run, 'status.json'), JSON.stringify({ ...status, heartbeat: 1 }));
    expect((await read()).state).toBe('interrupted');
    expect(await made.cli('resume', 'last', '--detach')).toBe(0);
    const step = (await read()).status?.step ?? 0;
    await until(async () => ((await read()).status?.step ?? 0) > step + 5);
    expect(await made.cli('stop', 'last')).toBe(0);
    const steps = stepsOf(run);
    expect(steps).toEqual([...new Set(steps)]);
    const train = steps.filter((line) => line.startsWith('train'));
    expect(train).toEqual(train.map((_, index) => `train ${index + 1}`));
    expect(problemsOfRun(run)).toEqual([]);
  });

  it('that is killed again and again ends with the same numbers and the same model', async () => {
    const long = CONFIG.replace('steps: 8', 'steps: 200')
      .replace('eval_every: 4', 'eval_every: 20')
      .replace('save_every: 2', 'save_every: 7');
    const [undisturbed, disturbed] = [await place(long), await place(long)];
    expect(await undisturbed.cli('train', 'tiny.dpo.yaml')).toBe(0);
    expect(await disturbed.cli('train', 'tiny.dpo.yaml', '--detach')).toBe(0);
    const [run = ''] = runsOf(disturbed);
    const read = () => readRun(run, path.basename(run));
    const file = (name: string): string => path.join(run, name);
    const linesOf = (name: string): string[] =>
      existsSync(file(name)) ? readFileSync(file(name), 'utf8').split('\n').filter(Boolean) : [];
    const written: string[] = [];
    for (const [lines, victims] of [
      [3, 'trainer'],
      [17, 'both'],
      [38, 'trainer'],
      [55, 'both'],
    ] as const) {
      await until(async () => (await read()).status?.trainer !== undefined);
      const { handle, trainer = 0 } = (await read()).status ?? ({} as Partial<RunStatus>);
      const pid = Number(handle?.pid);
      await until(() => linesOf('metrics.jsonl').length >= lines);
      if (victims === 'both') process.kill(pid, 'SIGKILL');
      process.kill(trainer, 'SIGKILL');
      await until(() => !isAlive(pid) && !isAlive(trainer));
      written.push(...linesOf('metrics.jsonl'));
      const status = JSON.parse(readFileSync(file('status.json'), 'utf8'));
      if (victims === 'both') writeFileSync(file('status.json'), JSON.stringify({ ...status, heartbeat: 1 }));
      expect((await read()).state).toBe(victims === 'both' ? 'interrupted' : 'failed');
      expect(await disturbed.cli('resume', 'last', '--detach')).toBe(0);
    }
    await until(async () => (await read()).state === 'completed');
    const [model = ''] = runsOf(undisturbed);
    expect(numbersOf(run)).toEqual(numbersOf(model));
    const weights = (folder: string): Buffer => readFileSync(path.join(folder, 'model/model.safetensors'));
    expect(weights(run).equals(weights(model))).toBe(true);
    const kept = new Set([...linesOf('metrics.jsonl'), ...linesOf('superseded.jsonl')]);
    expect(written.filter((line) => !kept.has(line))).toEqual([]);
    expect(problemsOfRun(run)).toEqual([]);
  });
});
