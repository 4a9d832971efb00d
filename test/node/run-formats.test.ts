import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CurvePart } from '../../src/core/panels/protocol';
import type { RunPage } from '../../src/core/panels/run-page';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { figuresTable } from '../../src/core/runs/run-table';
import { runTooltip } from '../../src/core/runs/run-tooltip';
import { runTree } from '../../src/core/runs/run-tree';
import { snapshot } from '../../src/node/panels/snapshot';
import { KnownRuns } from '../../src/node/runs/known-runs';
import { listRuns, newestMetrics } from '../../src/node/runs/run-store';
import { temporaryFolder } from '../support/temporary-folder';
import { jsonLines, write } from './support';

/** A sweep of two runs, and one whose job and trainer were killed, as version 0.1.0 left them. */
const RECORDED = path.join(import.meta.dirname, 'recorded-runs/format-1');

describe('recorded folders of format 1', () => {
  const dataFolder = temporaryFolder();
  beforeAll(() => cpSync(RECORDED, dataFolder, { recursive: true }));

  it('are listed as before, with our trainer as their producer', async () => {
    const runs = await listRuns(dataFolder);
    expect(runs.map(({ id, state, problem }) => [id, state, problem])).toEqual([
      ['20261201-032152-beta0.02-30i2', 'completed', undefined],
      ['20261201-032152-beta0.1-q94j', 'completed', undefined],
      ['20261201-032154-beta0.1-5igu', 'interrupted', undefined],
    ]);
    for (const { run } of runs) {
      expect(run?.producer).toEqual({ kind: 'onnx', trainer: 'dpo-lab', version: '0.1.0' });
      const file = JSON.parse(readFileSync(path.join(RECORDED, 'runs', run?.id ?? '', 'run.json'), 'utf8'));
      expect(run).toMatchObject({ config: file.config, configFile: file.configFile, sweep: file.sweep });
    }
  });

  it('show the same in a panel', async () => {
    const [sweep = ''] = readdirSync(path.join(dataFolder, 'sweeps'));
    const messages = await snapshot({ kind: 'sweep', dataFolder, sweep });
    const [page] = messages.flatMap((message) =>
      message.kind === 'page' ? [message.page as SweepPage] : [],
    );
    expect(page?.title).toBe('tiny, beta sweep');
    expect(page?.arms.map(({ beta, state, actions }) => [beta, state, actions])).toEqual([
      [0.1, 'completed', ['open']],
      [0.02, 'completed', ['open']],
    ]);
  });
});

/** What an importer can know of a run of TRL: neither beta nor seed, steps nor a config file. */
const ID = '20261130-225323-trl-beta01';
const IMPORTED = {
  format: 2,
  id: ID,
  created: 1_796_079_203_000,
  producer: { kind: 'imported', trainer: 'trl', version: '1.13.0' },
  name: 'zephyr-dpo',
  config: { objective: { loss: 'sigmoid' } },
  baseFolder: '/home/user/zephyr-dpo',
  dataFolder: '/home/user/.dpo',
  versions: { trl: '1.13.0' },
};
const line = (step: number, split: string, values: object) => ({ step, time: step, split, values });

describe("another trainer's run, of which little is known", () => {
  const dataFolder = temporaryFolder();
  const folder = path.join(dataFolder, 'runs', ID);
  beforeAll(() =>
    write(folder, {
      'run.json': IMPORTED,
      'status.json': { format: 2, state: 'completed', step: 2, host: 'gpu1', heartbeat: 0 },
      'metrics.jsonl': jsonLines([
        line(1, 'train', { loss: 0.69, 'rewards/margins std': 0.5 }),
        line(2, 'train', { loss: 0.68, 'rewards/margins std': 'NaN', num_tokens: 400 }),
        line(2, 'eval', { num_tokens: 90 }),
      ]),
    }),
  );
  const overview = async () => {
    const known = new KnownRuns(dataFolder);
    await known.read([ID]);
    return known.runs;
  };

  it('is listed by its name, without numbers that nobody knows', async () => {
    const items = runTree(await overview(), String);
    expect(items).toMatchObject([{ label: 'zephyr-dpo', abilities: ['open', 'delete'] }]);
    const [item] = items;
    const tooltip = item ? runTooltip(item, String) : '';
    expect(tooltip).toContain('zephyr&#45;dpo');
    expect(JSON.stringify(items) + tooltip).not.toMatch(/beta NaN|seed NaN|undefined/);
  });

  it('has its own values in tables and in the newest values', async () => {
    const newest = await newestMetrics(folder);
    expect(newest).toEqual({
      train: { loss: 0.68, 'rewards/margins std': 'NaN', num_tokens: 400 },
      eval: { num_tokens: 90 },
    });
    expect(figuresTable(newest)).toContain(
      '| num&#95;tokens&nbsp;&nbsp; | 400&nbsp;&nbsp; | 90&nbsp;&nbsp; |',
    );
  });

  it('shows in a panel what is known, and curves of all its values', async () => {
    const messages = await snapshot({ kind: 'run', folder });
    const page = messages.flatMap((message) => (message.kind === 'page' ? [message.page as RunPage] : []))[0];
    expect(page).toMatchObject({ title: 'zephyr-dpo', actions: ['report', 'showLog', 'reveal', 'delete'] });
    expect(page?.facts.map(({ label, value }) => [label, value])).toEqual([
      ['trainer', 'trl 1.13.0'],
      ['machine', 'gpu1'],
    ]);
    const parts: CurvePart[] = messages.flatMap((message) =>
      message.kind === 'curves' ? message.parts : [],
    );
    expect(parts.map(({ split, name, values }) => [split, name, [...values]])).toEqual([
      ['train', 'loss', [Math.fround(0.69), Math.fround(0.68)]],
      ['train', 'rewards/margins std', [0.5, Number.NaN]],
      ['train', 'num_tokens', [400]],
      ['eval', 'num_tokens', [90]],
    ]);
  });

  it.each([
    ['a null section', { config: { objective: null } }, /config\.objective is not a section/],
    ['a beta that is a text', { config: { objective: { beta: 'x' } } }, /config\.objective\.beta/],
    ['a sweep that is a number', { sweep: 3 }, /sweep is no name/],
    ['no producer', { producer: undefined }, /producer/],
    ['a producer of another kind', { producer: { kind: 'x', trainer: 'y' } }, /producer\.kind/],
  ])('cannot be used with %s, and says why', async (_, change, problem) => {
    const other = temporaryFolder();
    write(path.join(other, 'runs', ID), { 'run.json': { ...IMPORTED, ...change } });
    const [run] = await listRuns(other);
    expect(run?.run).toBeUndefined();
    expect(run?.problem).toMatch(problem);
  });
});
