import { parentPort } from 'node:worker_threads';
import { CURVES } from './curves';
import { simulateCell } from './simulate';

/** A cell of the simulation, as the benchmark asks for it. */
interface Task {
  readonly curve: number;
  readonly seeds: number;
  readonly prompts: number;
  readonly samples: number;
  readonly runs: number;
}

/** Percentage points are shares here. */
const TOLERANCE = 0.02;

parentPort?.on('message', ({ curve: index, seeds, prompts, samples, runs }: Task) => {
  const curve = CURVES[index];
  if (!curve) throw new RangeError(`There is no curve ${index}.`);
  const sorted = curve.betas.map(({ winRate }) => winRate).toSorted((a, b) => b - a);
  const lead = (sorted[0] ?? 0) - (sorted[1] ?? 0);
  parentPort?.postMessage({
    name: curve.name,
    curves: CURVES.length,
    isClear: lead >= 2 * TOLERANCE - 1e-9,
    ...simulateCell({ curve, seeds, prompts, samples }, runs, TOLERANCE),
  });
});
