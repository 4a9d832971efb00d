import { expect, it } from 'vitest';
import { repetition } from '../../src/core/metrics/repetition';

// Counted by hand; python/tests/test_repetition.py has the same rows.
it.each([
  [[], 0],
  [[1, 2, 3, 4], 0],
  [[1, 2, 3, 4, 5, 6], 0],
  [[1, 2, 3, 4, 1, 2, 3, 4], 0.2],
  [[7, 7, 7, 7, 7, 7], 2 / 3],
  [[7, 0, 7, 0, 7, 0, 7, 0], 0.6],
])('repetition: %j repeats %d of its stretches of four tokens', (tokens, share) => {
  expect(repetition(tokens)).toBeCloseTo(share, 12);
});
