import { cpSync, lstatSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LaunchEnds } from '../../src/core/panels/launch-end';
import { thinned } from '../../src/core/panels/report-content';
import { alarmBadge, statusWords } from '../../src/core/runs/run-summary';
import { runTooltip } from '../../src/core/runs/run-tooltip';
import { type RunItem, runTree } from '../../src/core/runs/run-tree';
import { findUnfinishedRuns, type RunOrigin } from '../../src/node/facts/unfinished-runs';
import { createMemo } from '../../src/node/files/memo';
import { FileError } from '../../src/node/files/text-files';
import { snapshot } from '../../src/node/panels/snapshot';
import { deleteRun } from '../../src/node/runs/delete-run';
import { KnownRuns } from '../../src/node/runs/known-runs';
import { listRuns, readRun, runFolderOf } from '../../src/node/runs/run-store';
import { savedPolicies } from '../../src/node/runs/saved-policies';
import { temporaryFolder } from '../support/temporary-folder';
import { mutate, mutations, restore } from './mutated-run';
import { query } from './support';

/** More of them: `DPO_LAB_FUZZ=5000 npx vitest run test/node/mutated-runs.test.ts`. */
const RUNS = Number(process.env.DPO_LAB_FUZZ ?? 200);

const GOOD = '20261201-032152-beta0.1-q94j';
const BAD = '20261201-032152-beta0.02-30i2';
const SWEEP = '20261201-032152-sweep-6pnd';
const moment = (time: number): string => new Date(time).toISOString();

function tooltips(items: readonly RunItem[]): void {
  for (const item of items) {
    runTooltip(item, moment);
    tooltips(item.children);
  }
}

/** All readers, one after another. Each would end a program by what it throws. */
async function readEverything(workspace: string): Promise<string[]> {
  const dataFolder = path.join(workspace, '.dpo');
  const [good, bad] = [GOOD, BAD].map((id) => runFolderOf(dataFolder, id)) as [string, string];
  const known = new KnownRuns(dataFolder);
  await known.read([GOOD, BAD]);
  const items = runTree(known.runs, moment);
  tooltips(items);
  statusWords(known.runs);
  alarmBadge(known.runs);
  new LaunchEnds().look(known.runs);
  for (const address of [
    { kind: 'run', folder: bad },
    { kind: 'pairs', folder: bad },
    { kind: 'compare', folders: [good, bad] },
    { kind: 'sweep', dataFolder, sweep: SWEEP },
  ] as const)
    thinned(await snapshot(address));
  await savedPolicies(bad);
  await findUnfinishedRuns(query(workspace, { dataFolder: '.dpo' }), createMemo<RunOrigin>(8));
  return known.runs.map(({ id }) => id);
}

describe('a run folder that something has happened to', () => {
  it('costs itself its row, and nothing else', { timeout: 600_000 }, async () => {
    const workspace = temporaryFolder();
    const dataFolder = path.join(workspace, '.dpo');
    cpSync(path.join(import.meta.dirname, 'recorded-runs/format-1'), dataFolder, { recursive: true });
    const good = await readRun(runFolderOf(dataFolder, GOOD), GOOD);
    const all = (await listRuns(dataFolder)).map(({ id }) => id);
    let unreadable = 0;
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        restore(dataFolder, BAD);
        const folder = runFolderOf(dataFolder, BAD);
        mutate(folder, changes);
        const runs = await listRuns(dataFolder);
        expect(runs.map(({ id }) => id)).toEqual(all);
        expect(runs.find(({ id }) => id === GOOD)).toEqual(good);
        const bad = runs.find(({ id }) => id === BAD);
        if (bad?.state === 'unreadable') {
          unreadable++;
          expect(bad.problem).toMatch(/^\S.*\.$/s);
          expect(bad.run).toBeUndefined();
        } else expect(bad?.run?.id).toBe(BAD);
        expect(await readEverything(workspace)).toEqual([BAD, GOOD].sort());
        await deleteRun(folder, BAD).catch((error: unknown) => {
          if (!(error instanceof FileError)) throw error;
        });
        const [left] = (await listRuns(dataFolder)).filter(({ id }) => id === GOOD);
        expect(left).toEqual(good);
        expect(lstatSync(runFolderOf(dataFolder, GOOD)).isDirectory()).toBe(true);
      }),
      { numRuns: RUNS },
    );
    // Neither all nor none of the mutations may be harmless.
    expect(unreadable).toBeGreaterThan(RUNS / 10);
    expect(unreadable).toBeLessThan(RUNS);
  });
});
