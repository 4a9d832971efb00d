// Tries cases one after another; the thread that started this sees in `state` which one, and whether it hangs.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { root } from '../bundles.mjs';

const { bundle, kind, folder, seed, until, state } = workerData;
const { configSamples, fuzzConfig, RunsFuzz } = createRequire(import.meta.url)(bundle);
const cases = new Int32Array(state);
const samples = configSamples(root);
const runs = kind === 'runs' ? new RunsFuzz(folder) : undefined;
for (let number = seed; Date.now() < until; number++) {
  Atomics.store(cases, 0, number);
  try {
    if (runs) await runs.try(number);
    else fuzzConfig(samples, number);
  } catch (error) {
    parentPort.postMessage({ number, problem: error instanceof Error ? error.stack : String(error) });
  }
  Atomics.add(cases, 1, 1);
}
