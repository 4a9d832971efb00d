import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { CompareFeed } from '../../src/node/panels/compare-feed';
import { SweepFeed } from '../../src/node/panels/sweep-feed';
import { temporaryFolder } from '../support/temporary-folder';
import { type ArmSpec, knownArm } from '../webview/sweep-arms';

const SWEEP = '20261124-225829-sweep-x71b';

describe('the feeds of sweep and compare panels', () => {
  let dataFolder = '';
  let sent: ToPanel[] = [];

  beforeEach(() => {
    dataFolder = temporaryFolder();
    sent = [];
  });

  const file = (id: string, name: string) => path.join(dataFolder, 'runs', id, name);
  const metrics = (split: string, step: number, values: object) =>
    `${JSON.stringify({ step, time: step, split, values })}\n`;

  /** The files of an arm as programs leave them. */
  function writeArm(spec: ArmSpec, sweep = SWEEP): string {
    const { id, run, status, train, eval: held } = knownArm(spec);
    const name = `${id}${sweep === SWEEP ? '' : '-other'}`;
    mkdirSync(path.dirname(file(name, 'run.json')), { recursive: true });
    writeFileSync(file(name, 'run.json'), JSON.stringify({ ...run, id: name, sweep }));
    if (status)
      writeFileSync(file(name, 'status.json'), JSON.stringify({ ...status, heartbeat: Date.now() }));
    writeFileSync(file(name, 'metrics.jsonl'), metrics('train', 100, train) + metrics('eval', 100, held));
    return name;
  }

  function writeSweep(runs: readonly string[]): void {
    const folder = path.join(dataFolder, 'sweeps', SWEEP);
    mkdirSync(folder, { recursive: true });
    const sweep = { format: 1, id: SWEEP, runs, parallel: 1, stopDegenerate: false, trainer: ['node'] };
    writeFileSync(path.join(folder, 'sweep.json'), JSON.stringify(sweep));
  }

  const send = (message: ToPanel) => {
    sent.push(message);
  };

  function page(): SweepPage {
    const last = sent.findLast((message) => message.kind === 'page');
    if (last?.kind !== 'page' || last.page.kind !== 'sweep') throw new Error('No page of a sweep was sent.');
    return last.page;
  }

  it('sends a page, and another one only where something has changed', async () => {
    const done = writeArm({ beta: 0.1, winRate: 0.5 });
    const live = writeArm({ beta: 0.05, state: 'running', winRate: 0.6 });
    writeSweep([done, live]);
    const feed = new SweepFeed(dataFolder, SWEEP, send);
    await feed.refresh();
    expect(page().arms.map(({ beta, state, quality }) => [beta, state, quality.toFixed(2)])).toEqual([
      [0.1, 'completed', '0.50'],
      [0.05, 'running', '0.60'],
    ]);
    await feed.refresh();
    const pages = () => sent.filter(({ kind }) => kind === 'page').length;
    expect(pages()).toBe(1);
    // The curves of each arm, once.
    expect(sent.length).toBe(3);
    appendFileSync(file(live, 'metrics.jsonl'), metrics('eval', 200, { win_rate: 0.7 }));
    await feed.refresh();
    expect(pages()).toBe(2);
    expect(page().arms[1]?.quality).toBeCloseTo(0.7, 5);
  });

  it('counts other runs with the same settings in, and passes over deleted arms', async () => {
    const [first = '', second = ''] = [0, 1].map((seed) => writeArm({ beta: 0.1, seed, winRate: 0.5 }));
    writeArm({ beta: 0.05, seed: 0, winRate: 0.7 }, 'another-sweep');
    writeSweep([first, second]);
    const feed = new SweepFeed(dataFolder, SWEEP, send);
    await feed.refresh();
    expect(page().arms.map(({ beta, seed, isOther }) => [beta, seed, isOther])).toEqual([
      [0.1, 0, false],
      [0.1, 1, false],
      [0.05, 0, true],
    ]);
    rmSync(path.dirname(file(second, 'run.json')), { recursive: true });
    await feed.refresh();
    expect(page().sentence).toContain('1 arm deleted.');
    rmSync(path.dirname(file(first, 'run.json')), { recursive: true });
    await feed.refresh();
    expect(sent.at(-1)).toMatchObject({
      page: { kind: 'gone', title: 'This sweep is not there any more' },
    });
  });

  it('knows a sweep whose own folder was deleted by its arms', async () => {
    writeArm({ beta: 0.1, winRate: 0.5 });
    writeArm({ beta: 0.05, winRate: 0.6 });
    await new SweepFeed(dataFolder, SWEEP, send).refresh();
    expect(page().arms.map(({ beta, isOther }) => [beta, isOther])).toEqual([
      [0.1, false],
      [0.05, false],
    ]);
  });

  it('says that a sweep is not there', async () => {
    await new SweepFeed(dataFolder, 'nothing', send).refresh();
    expect(sent).toMatchObject([{ page: { kind: 'gone' } }]);
  });

  it('sends the curves of each run that is compared, and names those that are gone', async () => {
    const runs = [0.1, 0.05].map((beta) => writeArm({ beta, winRate: 0.5 }));
    const folders = runs.map((id) => path.dirname(file(id, 'run.json')));
    const feed = new CompareFeed(folders, send);
    await feed.refresh();
    expect(sent.map(({ kind }) => kind)).toEqual(['page', 'curves', 'curves']);
    appendFileSync(file(runs[0] ?? '', 'metrics.jsonl'), metrics('train', 200, { loss: 0.3 }));
    await feed.refresh();
    expect(sent.slice(3)).toMatchObject([
      { kind: 'curves', run: folders[0], restart: false, parts: [{ name: 'loss' }] },
    ]);
    rmSync(folders[1] ?? '', { recursive: true });
    await feed.refresh();
    expect(sent.at(-1)).toMatchObject({ page: { kind: 'compare', missing: [runs[1]] } });
    rmSync(folders[0] ?? '', { recursive: true });
    await feed.refresh();
    expect(sent.at(-1)).toMatchObject({ page: { kind: 'gone' } });
  });
});
