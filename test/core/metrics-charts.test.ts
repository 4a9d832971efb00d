import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimate, type View } from '../../src/core/metrics/decimate';
import type { Curve } from '../../src/core/metrics/series';
import { smooth } from '../../src/core/metrics/smooth';

/** Curves with gaps, spikes, repeated values and uneven steps. */
const curves: fc.Arbitrary<Curve> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.oneof(
        { arbitrary: fc.integer({ min: -3, max: 3 }), weight: 6 },
        { arbitrary: fc.constantFrom(1e30, -1e30, Number.NaN, Infinity, -Infinity), weight: 1 },
      ),
    ),
    { maxLength: 400 },
  )
  .map((points) => {
    let step = 0;
    const steps = points.map(([ahead]) => (step += ahead));
    return { steps: Uint32Array.from(steps), values: Float32Array.from(points, ([, value]) => value) };
  });
const views = (curve: Curve): fc.Arbitrary<View> => {
  const end = curve.steps.at(-1) ?? 1;
  return fc
    .tuple(
      fc.double({ min: 0, max: end, noNaN: true }),
      fc.double({ min: 0.5, max: end + 9, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
    )
    .map(([from, length, width]) => ({ from, to: from + length, width }));
};
const cases = curves.chain((curve) => views(curve).map((view) => ({ curve, view })));

/** Where the kept points lie in the curve. */
const placesOf = (kept: Curve, { steps }: Curve): number[] =>
  Array.from(kept.steps, (step) => steps.indexOf(step));

describe('decimation', () => {
  it('keeps points of the curve, in order, and the neighbours of the view', () => {
    fc.assert(
      fc.property(cases, ({ curve, view }) => {
        const kept = decimate(curve, view);
        const places = placesOf(kept, curve);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        expect(places).not.toContain(-1);
        expect([...kept.values]).toEqual(places.map((place) => curve.values[place]));
        const inside = [...curve.steps.keys()].filter((place) => isInside(curve.steps[place] ?? 0, view));
        const first = inside[0] ?? curve.steps.findIndex((step) => step > view.to);
        const start = first < 0 ? curve.steps.length : first;
        if (start > 0) expect(places[0]).toBe(start - 1);
        expect(kept.steps.length).toBeLessThanOrEqual(10 * (view.width + 1) + 2);
      }),
    );
  });

  it('hides no spike: in every pixel column first, last, lowest and highest stay', () => {
    fc.assert(
      fc.property(cases, ({ curve, view }) => {
        expect(columnsOf(decimate(curve, view), view)).toEqual(columnsOf(curve, view));
      }),
    );
  });

  it('hides no gap: no line leads across a value that is not finite', () => {
    fc.assert(
      fc.property(cases, ({ curve, view }) => {
        const kept = decimate(curve, view);
        const places = placesOf(kept, curve);
        for (const [index, to] of places.entries()) {
          const from = places[index - 1];
          if (from === undefined || !finite(curve, from) || !finite(curve, to)) continue;
          for (let place = from; place < to; place++) expect(finite(curve, place)).toBe(true);
        }
      }),
    );
  });

  it('leaves few points of many', () => {
    const steps = Uint32Array.from({ length: 100_000 }, (_, index) => index + 1);
    const values = Float32Array.from(steps, (step) => (step === 77_777 ? 1e9 : Math.sin(step / 1000)));
    const kept = decimate({ steps, values }, { from: 1, to: 100_000, width: 300 });
    expect(kept.steps.length).toBeLessThan(1300);
    expect(kept.values).toContain(1e9);
  });
});

const finite = (curve: Curve, place: number): boolean => Number.isFinite(curve.values[place]);
const isInside = (step: number, view: View): boolean => step >= view.from && step <= view.to;

/** What is drawn in each pixel column: first, last, lowest, highest, and which values are not finite. */
function columnsOf(curve: Curve, view: View): Map<number, unknown> {
  const columns = new Map<number, number[]>();
  for (const [place, step] of curve.steps.entries()) {
    if (!isInside(step, view)) continue;
    const pixel = Math.floor((step - view.from) / ((view.to - view.from) / view.width));
    columns.set(pixel, [...(columns.get(pixel) ?? []), curve.values[place] ?? 0]);
  }
  const drawn = [...columns].map(([pixel, values]): [number, unknown] => {
    const numbers = values.filter(Number.isFinite);
    const others = values.filter((value) => !Number.isFinite(value)).map(String);
    const extremes = numbers.length > 0 ? [Math.min(...numbers), Math.max(...numbers)] : [];
    return [pixel, [values[0], values.at(-1), ...extremes, ...[...new Set(others)].sort()]];
  });
  return new Map(drawn);
}

describe('smoothing', () => {
  const smoothed = (values: readonly number[], weight: number): number[] => [
    ...smooth(Float32Array.from(values), weight),
  ];

  it('is the mean of what was seen, newer values weighing more', () => {
    // (0.5 * 4 + 0.25 * 2) / 0.75, then (0.5 * 6 + 0.25 * 4 + 0.125 * 2) / 0.875
    expect(smoothed([2, 4, 6], 0.5)).toEqual([2, 10 / 3, 34 / 7].map(Math.fround));
  });

  it('begins at the first value, leaves a flat curve flat, and does nothing with weight 0', () => {
    expect(smoothed([5, 5, 5, 5], 0.99)).toEqual([5, 5, 5, 5]);
    expect(smoothed([3, 1, 4], 0)).toEqual([3, 1, 4]);
    expect(smoothed([], 0.9)).toEqual([]);
  });

  it('leaves gaps where they are, and goes on after them', () => {
    expect(smoothed([Number.NaN, 2, Infinity, 2, -Infinity, 2], 0.9)).toEqual([
      Number.NaN,
      2,
      Infinity,
      2,
      -Infinity,
      2,
    ]);
  });

  it('stays between the lowest and the highest value so far', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (values, weight) => {
          for (const [index, value] of smoothed(values, weight).entries()) {
            const seen = values.slice(0, index + 1);
            expect(value).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-3);
            expect(value).toBeLessThanOrEqual(Math.max(...seen) + 1e-3);
          }
        },
      ),
    );
  });
});
