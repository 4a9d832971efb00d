// Tries cases one after another; the thread that started this sees in `state` which one, and whether it hangs.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../bundles.mjs';

const { bundle, kind, folder, seed, until, state, limit } = workerData;
const { configSamples, fuzzConfig, RunsFuzz } = createRequire(import.meta.url)(bundle);
const cases = new Int32Array(state);
const samples = configSamples(root);
const runs = kind === 'runs' ? new RunsFuzz(folder) : undefined;
/** Milliseconds that a case takes. A busy machine makes any case slow once, so that a slow one is tried three times. */
async function timed(number) {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > limit; tries++) {
    const start = performance.now();
    if (runs) await runs.try(number);
    else fuzzConfig(samples, number);
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

for (let number = seed; Date.now() < until; number++) {
  Atomics.store(cases, 0, number);
  try {
    const took = await timed(number);
    if (took > limit) throw new Error(`takes ${Math.round(took)} ms`);
  } catch (error) {
    parentPort.postMessage({ number, problem: error instanceof Error ? error.stack : String(error) });
  }
  Atomics.add(cases, 1, 1);
}
