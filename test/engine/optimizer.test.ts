import { describe, expect, it } from 'vitest';
import { ADAM_DEFAULTS, buildOptimizer } from '../../src/engine/graphs/optimizer';
import type { Layout } from '../../src/engine/model/layout';
import { relativeError } from './support/finite-differences';
import { Random } from './support/random';
import { TestSession } from './support/session';

interface State {
  parameters: Float64Array;
  first_moments: Float64Array;
  second_moments: Float64Array;
}

interface Settings {
  learning_rate: number;
  weight_decay: number;
  max_gradient_norm: number;
}

/** AdamW as PyTorch documents it, one element at a time. */
function adamW(
  state: State,
  gradient: Float64Array,
  step: number,
  settings: Settings,
  decayed: number,
): number {
  const { beta1, beta2, epsilon } = ADAM_DEFAULTS;
  const norm = Math.hypot(...gradient);
  const clip = Math.min(1, settings.max_gradient_norm / (norm + 1e-6));
  gradient.forEach((raw, i) => {
    const g = raw * clip;
    const m = beta1 * (state.first_moments[i] ?? 0) + (1 - beta1) * g;
    const v = beta2 * (state.second_moments[i] ?? 0) + (1 - beta2) * g * g;
    let p = state.parameters[i] ?? 0;
    if (i < decayed) p -= settings.learning_rate * settings.weight_decay * p;
    p -=
      (settings.learning_rate * (m / (1 - beta1 ** step))) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
    state.parameters[i] = p;
    state.first_moments[i] = m;
    state.second_moments[i] = v;
  });
  return norm;
}

describe('AdamW with clipping', () => {
  const size = 20;
  const layouts: [string, number][] = [
    ['all decayed', size],
    ['matrices decayed', 12],
    ['none decayed', 0],
  ];
  it.each(layouts)('equals the plain loop over five steps, %s', async (_, decayed) => {
    const layout: Layout = { slices: [], size, decayed };
    for (const [type, tolerance] of [
      ['float64', 1e-13],
      ['float32', 2e-6],
    ] as const) {
      const session = await TestSession.load(buildOptimizer(layout, ADAM_DEFAULTS, type));
      const random = new Random(9);
      const start = random.normals(size);
      const zeros = () => new Float64Array(size);
      const expected = { parameters: start.slice(), first_moments: zeros(), second_moments: zeros() };
      let actual: State = { parameters: start, first_moments: zeros(), second_moments: zeros() };
      for (let step = 1; step <= 5; step++) {
        const settings = {
          learning_rate: 0.1 / step,
          weight_decay: 0.3,
          max_gradient_norm: step % 2 === 0 ? Number.POSITIVE_INFINITY : 0.5,
        };
        const gradients = random.normals(size, 3);
        const norm = adamW(expected, gradients, step, settings, decayed);
        const scalars = Object.fromEntries(
          Object.entries({ ...settings, step }).map(([key, x]) => [key, [x]]),
        );
        const out = await session.run({ ...actual, gradients, ...scalars });
        actual = {
          parameters: out.parameters_out ?? zeros(),
          first_moments: out.first_moments_out ?? zeros(),
          second_moments: out.second_moments_out ?? zeros(),
        };
        expect(relativeError(out.gradient_norm ?? [], [norm])).toBeLessThan(tolerance);
        expect(relativeError(actual.parameters, expected.parameters)).toBeLessThan(tolerance);
        expect(relativeError(actual.first_moments, expected.first_moments)).toBeLessThan(tolerance);
        expect(relativeError(actual.second_moments, expected.second_moments)).toBeLessThan(tolerance);
      }
      await session.release();
    }
  });
});
