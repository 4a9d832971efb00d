import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, Row } from '../../src/core/metrics/row';
import { RunSeries } from '../../src/core/metrics/run-series';
import type { Curve, Series } from '../../src/core/metrics/series';
import type { MetricName } from '../../src/core/runs/format';

type Split = 'train' | 'eval';
type Values = Partial<Record<MetricName, number>>;

function row(split: Split, step: number, values: Values): Row {
  const made = new Row();
  made.split = split;
  made.step = step;
  for (const [name, value] of Object.entries(values))
    made.add(METRIC_NAMES.indexOf(name as MetricName), value);
  return made;
}

const points = (curve: Curve | undefined): [number, number][] =>
  Array.from(curve?.steps ?? [], (step, index) => [step, curve?.values[index] ?? Number.NaN]);
const lossOf = (series: Series): [number, number][] => points(series.curve('loss'));

describe('series', () => {
  it('has a curve for each metric that was measured, NaN and infinities included', () => {
    const { train } = filled([
      row('train', 1, { loss: 0.5, kl: 1 }),
      row('train', 2, { loss: Number.NaN }),
      row('train', 5, { loss: Number.POSITIVE_INFINITY, kl: 3 }),
    ]);
    expect(train.names).toEqual(['loss', 'kl']);
    expect(lossOf(train)).toEqual([
      [1, 0.5],
      [2, Number.NaN],
      [5, Number.POSITIVE_INFINITY],
    ]);
    // Step 2 has no KL: that is no gap.
    expect(points(train.curve('kl'))).toEqual([
      [1, 1],
      [5, 3],
    ]);
    expect(train.curve('accuracy')).toBeUndefined();
    expect([train.length, train.lastStep]).toEqual([3, 5]);
  });

  it('keeps what a second line adds to a step, the newest of each value', () => {
    const { eval: held } = filled([
      row('eval', 0, { loss: 1, kl: 0 }),
      row('eval', 0, { loss: 2, ended: 1 }),
      row('eval', 9, { ended: 0.5 }),
    ]);
    expect(lossOf(held)).toEqual([[0, 2]]);
    expect(points(held.curve('ended'))).toEqual([
      [0, 1],
      [9, 0.5],
    ]);
  });

  it('begins again at an earlier step, held-out pairs too', () => {
    const series = filled([
      row('eval', 0, { loss: 0.75 }),
      row('train', 1, { loss: 1 }),
      row('train', 2, { loss: 2 }),
      row('eval', 2, { loss: 0.8 }),
      row('train', 3, { loss: 3, kl: 1 }),
      row('train', 2, { loss: 4 }),
    ]);
    expect(lossOf(series.train)).toEqual([
      [1, 1],
      [2, 4],
    ]);
    expect(lossOf(series.eval)).toEqual([[0, 0.75]]);
    expect(series.train.names).toEqual(['loss']);
    series.clear();
    expect([series.train.length, series.eval.length, series.isEmpty]).toEqual([0, 0, true]);
  });

  it('is what a plain list of steps would be, whatever comes', () => {
    const value = fc.double().map(Math.fround);
    const line = fc.record({
      split: fc.constantFrom<Split>('train', 'eval'),
      step: fc.nat(60),
      values: fc.dictionary(fc.constantFrom<MetricName>('loss', 'kl', 'memory'), value),
    });
    // Mostly ascending, as trainers write.
    const lines = fc
      .array(line, { maxLength: 120 })
      .chain((some) => fc.boolean().map((sorted) => (sorted ? some.sort((a, b) => a.step - b.step) : some)));
    fc.assert(
      fc.property(lines, fc.double({ min: 1, max: 9, noNaN: true }), (all, room) => {
        const series = new RunSeries();
        const plain: Record<Split, Map<number, Values>> = { train: new Map(), eval: new Map() };
        const last = (split: Split): number => Math.max(-1, ...plain[split].keys());
        const forget = (split: Split, step: number): void => {
          for (const known of [...plain[split].keys()]) if (known >= step) plain[split].delete(known);
        };
        for (const [index, { split, step, values }] of all.entries()) {
          if (step < last(split)) {
            forget(split, step);
            if (split === 'train') forget('eval', step);
          }
          plain[split].set(step, { ...plain[split].get(step), ...values });
          series.append(row(split, step, values));
          if (index === 5) series.reserve(room);
        }
        for (const split of ['train', 'eval'] as const) {
          expect(series[split].length).toBe(plain[split].size);
          for (const name of ['loss', 'kl', 'memory'] as const) {
            const expected = [...plain[split]].flatMap(([step, values]) =>
              values[name] === undefined ? [] : [[step, values[name]]],
            );
            expect(points(series[split].curve(name))).toEqual(expected);
          }
        }
      }),
    );
  });
});

function filled(rows: readonly Row[]): RunSeries {
  const series = new RunSeries();
  for (const one of rows) series.append(one);
  return series;
}
