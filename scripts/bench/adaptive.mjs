import { loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const SWEEPS = scaled([50, 520], [13]);
const LEAST_FOUND = scaled(0.95, 0.9);
const MOST_COMPUTE = 0.4;
/** A share. */
const TOLERANCE = 0.02;

/**
 * Sweeps that train in rounds until they are decided, on true curves read at ten betas: how many end with a beta that loses
 * at most the tolerance to the best, and what they train of what every beta with three seeds would.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureAdaptive({ print, fail }) {
  const { adaptiveSweep } = await loadTypeScript('scripts/bench/adaptive/simulate.ts');
  print('| sweeps | within 2 points of the best | mean share of the exhaustive runs | most |');
  print('|---|---|---|---|');
  for (const count of SWEEPS) {
    const sweeps = Array.from({ length: count }, (_, index) => adaptiveSweep(index));
    const found = sweeps.filter(({ loss }) => loss <= TOLERANCE).length / count;
    const shares = sweeps.map(({ compute }) => compute);
    const most = Math.max(...shares);
    const mean = shares.reduce((sum, share) => sum + share, 0) / count;
    print(`| ${count} | ${percent(found)} | ${percent(mean)} | ${percent(most)} |`);
    if (found < LEAST_FOUND) fail(`only ${percent(found)} of ${count} sweeps found a good beta`);
    if (most > MOST_COMPUTE + 1e-9) fail(`a sweep took ${percent(most)} of the exhaustive runs`);
  }
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
