// Tries cases one after another; the thread that started this sees in `state` which one, and whether it hangs.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../bundles.mjs';

const { bundle, kind, folder, seed, until, end, state, limit } = workerData;
const { ConfigsFuzz, RunsFuzz } = createRequire(import.meta.url)(bundle);
const cases = new Int32Array(state);
const fuzz = kind === 'runs' ? new RunsFuzz(folder) : await ConfigsFuzz.open(root);

/**
 * Milliseconds of processor time that a case takes: a busy machine makes any case slow by the clock. Collected garbage
 * and compiled code count too, so that a slow one is tried three times.
 */
async function timed(number) {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > limit; tries++) {
    const start = process.cpuUsage();
    await fuzz.try(number);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

for (let number = seed; Date.now() < until && number < end; number++) {
  Atomics.store(cases, 0, number);
  try {
    const took = await timed(number);
    if (took > limit) throw new Error(`takes ${Math.round(took)} ms of processor time`);
  } catch (error) {
    parentPort.postMessage({ number, problem: error instanceof Error ? error.stack : String(error) });
  }
  Atomics.add(cases, 1, 1);
}
