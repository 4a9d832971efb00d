import { readFileSync } from 'node:fs';
import path from 'node:path';
import { unpack } from '../../src/core/panels/packed';
import type { CurvePart, ToPanel } from '../../src/core/panels/protocol';
import type { RunPage } from '../../src/core/panels/run-page';
import type { MetricsLine, Sample } from '../../src/core/runs/format';

/** What panels of runs are filled with in tests. */

const FOLDER = '/home/ada/goldilocks/.dpo/runs/20261124-225829-beta0.008-1txl';

/** A real run of examples/goldilocks at too small a beta: its policy forgets to stop. */
export function recorded(): ToPanel[] {
  const text = readFileSync(path.join(import.meta.dirname, 'recordings/goldilocks.packed'), 'utf8');
  return unpack(text) as ToPanel[];
}

export function pageOf(change: Partial<RunPage> = {}): ToPanel {
  return {
    kind: 'page',
    page: {
      kind: 'run',
      id: '20261124-225829-beta0.008-1txl',
      folder: FOLDER,
      title: 'goldilocks, beta 0.1',
      state: 'running',
      sentence: 'Running, step 120 of 500 (24 %), about 4 min left.',
      next: '',
      beta: 0.1,
      step: 120,
      totalSteps: 500,
      facts: [
        { label: 'beta', value: '0.1' },
        { label: 'reference', value: 'the starting policy' },
      ],
      alarms: [],
      checkpoints: [],
      warnings: [],
      actions: ['stop', 'inspect', 'showLog', 'reveal'],
      ...change,
    },
  };
}

export interface PartSpec {
  readonly name: string;
  readonly split?: MetricsLine['split'];
  readonly steps: readonly number[];
  readonly value: (step: number) => number;
}

export function part({ name, split = 'train', steps, value }: PartSpec): CurvePart {
  return { split, name, steps: Uint32Array.from(steps), values: Float32Array.from(steps, value) };
}

export function curves(parts: readonly CurvePart[], restart = true): ToPanel {
  return { kind: 'curves', run: FOLDER, restart, parts };
}

/** From, to and all between. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** 125,000 steps, with noise that is the same every time. */
export function longRun(): ToPanel[] {
  let seed = 1;
  const value = (step: number) => {
    seed = (1103515245 * seed + 12345) % 2147483648;
    return Math.exp(-step / 40_000) + seed / 2147483648;
  };
  return [
    pageOf({ step: 125_000, totalSteps: 200_000 }),
    curves([part({ name: 'loss', steps: range(1, 125_000), value })]),
  ];
}

/** A run that breaks: its loss becomes infinite, then no number at all. */
export function brokenRun(): ToPanel[] {
  const value = (step: number) => (step === 30 ? Number.POSITIVE_INFINITY : step > 30 ? Number.NaN : 0.69);
  return [
    pageOf({
      state: 'failed',
      sentence: 'Failed, step 40 of 500 (8 %), after 12 s.',
      next: 'The loss is not a number since step 31. Lower training.learning_rate and start again.',
      step: 40,
      actions: ['resume', 'inspect', 'showLog', 'reveal', 'delete'],
      alarms: [{ code: 'RUN003', severity: 'error', step: 30, message: 'The loss is no finite number.' }],
    }),
    curves([part({ name: 'loss', steps: range(1, 40), value })]),
    { kind: 'log', text: 'step 30: overflow\nstep 31: nothing is left\n' },
  ];
}

export function probes(count: number): Sample[] {
  return range(1, count).map((number) => ({
    prompt: `Question ${number}?`,
    policy: {
      text: `A much longer answer to ${number} and on`,
      tokens: 40,
      ended: number % 2 === 0,
      score: -number,
    },
    reference: { text: `A short answer to ${number}`, tokens: 6, ended: true, score: 0 },
  }));
}
