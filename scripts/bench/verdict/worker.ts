import { parentPort } from 'node:worker_threads';
import { CURVES } from './curves';
import { FAMILIES } from './families';
import { simulate } from './simulate';
import { truthOf } from './truth';

/** Some sweeps of one curve, as the benchmark asks for them. */
interface Task {
  readonly truth: number;
  readonly first: number;
  readonly runs: number;
}

/** Percentage points are shares here. */
const TOLERANCE = 0.02;
const TRUTHS = [...CURVES.map(truthOf), ...FAMILIES];

parentPort?.on('message', ({ truth: index, first, runs }: Task) => {
  const truth = TRUTHS[index];
  if (!truth) throw new RangeError(`There is no curve ${index}.`);
  parentPort?.postMessage(simulate(truth, first, runs, TOLERANCE));
});
