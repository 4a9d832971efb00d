import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { RUN_FILES } from '../../src/core/runs/format';
import type { Programs } from '../../src/node/launch/launch-plan';
import { complete, expectWhole, letTimePass, untilNothingRuns } from '../job/drill-support';
import type { Stage } from '../job/support';

/** The long form goes through every case, the short one through one of each kind: `npm run drills`. */
export const IS_LONG = process.env.DPO_LAB_DRILLS === 'long';

const RENAMES = ['rename', 'renameSync'];
const WRITES = [...RENAMES, 'mkdir', 'mkdirSync', 'open', 'openSync', 'writeFile', 'writeFileSync'];
export const CALLS = { renames: RENAMES, writes: [...WRITES, 'writeSync', 'fsyncSync'] } as const;

/** What `fault.mjs` does in a program. */
export interface Drill {
  /** Name of its file. */
  readonly program: 'job.js' | 'drill-trainer.js';
  /** Those that are counted. */
  readonly calls: readonly string[];
  /** At which of them; -1 for none. */
  readonly at: number;
  /** `E...`: it fails with that code, and so do all that follow while the folder's file `broken` exists. */
  readonly how: 'kill before' | 'kill after' | 'ENOSPC' | 'EROFS' | 'EACCES';
  /** Instead of all that: milliseconds by which the clock is wrong while `broken` exists. */
  readonly clock?: number;
}

/** Has the programs that this test file starts load `fault.mjs`. */
export function useFaults(): void {
  const before = process.env.NODE_OPTIONS;
  beforeAll(() => {
    const loader = path.join(import.meta.dirname, 'fault.mjs');
    process.env.NODE_OPTIONS = [before, `--import=${encodeURI(`file://${loader}`)}`]
      .filter(Boolean)
      .join(' ');
  });
  afterAll(() => {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  });
}

const placeOf = (run: Stage): string => path.dirname(run.dataFolder);

export function plan(run: Stage, drill: Drill): void {
  writeFileSync(path.join(placeOf(run), 'drill.json'), JSON.stringify(drill));
}

export function setBroken(run: Stage, isBroken: boolean): void {
  if (isBroken) writeFileSync(path.join(placeOf(run), 'broken'), '');
  else rmSync(path.join(placeOf(run), 'broken'), { force: true });
}

/** The calls that were counted: their numbers, names and places. */
export function callsOf(run: Stage): { readonly at: number; readonly name: string; readonly file: string }[] {
  const file = path.join(placeOf(run), 'calls.txt');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  return lines.map((line) => {
    const [at, name = '', ...rest] = line.split(' ');
    return { at: Number(at), name, file: rest.join(' ') };
  });
}

/** Nothing runs, nothing that was written is lost, and the run resumes to its one end. */
export async function expectRecovers(
  run: Stage,
  programs: Programs,
  written: readonly string[],
): Promise<void> {
  await untilNothingRuns(run);
  rmSync(path.join(placeOf(run), 'drill.json'), { force: true });
  letTimePass(run);
  if ((await run.read()).state !== 'completed') await complete(run, programs);
  expectWhole(run, written);
  await untilNothingRuns(run);
  for (const name of [RUN_FILES.metrics, RUN_FILES.trainer, RUN_FILES.events])
    if (/\0/.test(run.text(name))) throw new Error(`${name} holds zeros`);
}

/** Does all, a few at a time: most of the time each waits. */
export async function all<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await act(item);
      } catch (error) {
        throw new Error(`${JSON.stringify(item)}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
    }
  };
  await Promise.all(Array.from({ length: 6 }, work));
}
