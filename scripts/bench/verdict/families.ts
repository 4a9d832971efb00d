import { mixSeeds, type SeededRandom } from '../../../src/core/seeded-random';
import type { TrueCurve } from './curves';
import { type Collapse, type Spread, sweepOf, type Truth } from './truth';

/** Unlike that of the curves that the rule was tuned on. */
const OTHER: Spread = { prompt: 0.8, betaByPrompt: 0.25, trainingByPrompt: 0.2, ties: 0.1 };

/**
 * Families of random curves, one curve a sweep. They were written after the rule had its numbers and have changed none
 * of them: what comes out says how far the rule holds for curves that nobody has tuned it on.
 */
export const FAMILIES: readonly Truth[] = [
  family('random hills', (random) => {
    const count = 4 + Math.floor(3 * random.next());
    const [peak, width] = [random.next() * (count - 1), 1 + 3 * random.next()];
    const height = 5 + 15 * random.next();
    return rates(count, (index) => 66 - height * (1 - Math.exp(-(((index - peak) / width) ** 2))), [
      0.3 + 2 * random.next(),
    ]);
  }),
  family('random walks', (random) => {
    let rate = 55;
    const step = 0.5 + 4 * random.next();
    return rates(5, () => (rate += step * normalOf(random)), [1]);
  }),
  family('random cliffs', (random) => {
    const edge = 1 + Math.floor(4 * random.next());
    const slope = 3 * random.next();
    return rates(
      6,
      (index) => (index < edge ? 58 + slope * index : 50 - 6 * random.next()),
      Array.from({ length: 6 }, (_, index) =>
        index < edge - 1 ? 0.3 + random.next() : 2 + 8 * random.next(),
      ),
    );
  }),
  family('near ties', (random) => {
    const best = Math.floor(5 * random.next());
    return rates(
      5,
      (index) => (index === best ? 60 : 57.9 - 1.5 * random.next()),
      Array.from({ length: 5 }, () => 0.2 + 2 * random.next()),
    );
  }),
  family(
    'trainings that sometimes fail',
    (random) => rates(5, (index) => 60 + 2 * normalOf(random) - index, [0.5]),
    { collapse: { share: 0.1, depth: 0.5 } },
  ),
  family('prompts that prefer other betas', (random) => rates(5, () => 60 + 2.5 * normalOf(random), [1]), {
    spread: { prompt: 1, betaByPrompt: 0.6, trainingByPrompt: 0.3, ties: 0.5 },
  }),
];

interface Unusual {
  readonly spread?: Spread;
  readonly collapse?: Collapse;
}

function family(
  name: string,
  curveOf: (random: SeededRandom) => Omit<TrueCurve, 'name'>,
  { spread = OTHER, collapse }: Unusual = {},
): Truth {
  return {
    name,
    key: mixSeeds(4711, ...[...name].map((letter) => letter.charCodeAt(0))),
    draw: (random) => sweepOf({ name, ...curveOf(random) }, spread, collapse),
  };
}

/** @param rateOf percent, of the betas from the largest to the smallest; spreads between trainings in points */
function rates(
  count: number,
  rateOf: (index: number) => number,
  spreads: readonly number[],
): Omit<TrueCurve, 'name'> {
  return {
    betas: Array.from({ length: count }, (_, index) => ({
      beta: 2 ** -index,
      winRate: Math.min(90, Math.max(5, rateOf(index))) / 100,
      training: (spreads[index] ?? spreads.at(-1) ?? 1) / 100,
    })),
  };
}

/** Box and Muller. */
function normalOf(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
