import { describe, expect, it } from 'vitest';
import type { Curve } from '../../src/core/metrics/series';
import { runGlance, trend } from '../../src/core/panels/key-figures';
import { wordDiff } from '../../src/core/panels/word-diff';
import type { MetricName } from '../../src/core/runs/format';
import { logTicks } from '../../webview/charts/plot/log-ticks';
import { StepCurve } from '../../webview/charts/plot/plot-curve';
import { tickWords } from '../../webview/charts/plot/tick-words';
import { XRange } from '../../webview/charts/plot/x-range';
import { range } from './run-messages';

function curveOf(values: readonly number[]): Curve {
  return { steps: Uint32Array.from(values.keys()), values: Float32Array.from(values) };
}

/** Noise that is the same every time, between -1 and 1. */
const noise = (index: number) => Math.sin(index * 12.9898) * Math.cos(index * 78.233);

describe('a run at a glance', () => {
  it('tells a trend from noise', () => {
    const values = (slope: number) =>
      Float32Array.from(range(0, 99), (index) => slope * index + noise(index));
    expect([0.1, 0, -0.1].map((slope) => trend(values(slope)))).toEqual(['growing', 'steady', 'falling']);
    expect(trend(values(1).subarray(0, 11))).toBe('');
    expect(trend(Float32Array.from(range(0, 99), () => Number.NaN))).toBe('');
  });

  it('has the figures that were measured, and no others', () => {
    const known: Partial<Record<string, Curve>> = {
      'train log_ratio_margin': curveOf(range(1, 20)),
      'train accuracy': curveOf([0.5, 0.75]),
      'eval ended': curveOf([1, 0.25]),
      'eval eos_drift': curveOf([0, -3.5]),
      'eval generated_length': curveOf([10, 40]),
      'eval reference_generated_length': curveOf([10, 10]),
    };
    const figures = runGlance((split: string, name: MetricName) => known[`${split} ${name}`]);
    expect(figures.map(({ label, value, more }) => [label, value, more].join(' | '))).toMatchInlineSnapshot(`
      [
        "Reward margin / beta | 15.5 nats | growing",
        "Accuracy | 63 % | of training pairs",
        "Texts that end | 25 % | EOS drift -3.5 nats",
        "Text length | 40 tokens | 4 × the reference",
      ]
    `);
    expect(runGlance(() => undefined)).toEqual([]);
  });
});

describe('words of two texts', () => {
  const marked = (first: string, second: string) =>
    wordDiff(first, second).map((parts) =>
      parts.map(({ text, isShared }) => (isShared ? text : `[${text}]`)).join(''),
    );

  it('are marked where they differ', () => {
    expect(marked('a red  apple falls', 'a green apple falls')).toEqual([
      'a[ red]  apple falls',
      'a[ green] apple falls',
    ]);
    expect(marked('', 'something')).toEqual(['', '[something]']);
    expect(marked('same', 'same')).toEqual(['same', 'same']);
    expect(marked('apple, kiwi', 'pear, kiwi')).toEqual(['[apple], kiwi', '[pear], kiwi']);
    expect(marked('x a b', 'a b y')).toEqual(['[x] a b', 'a b[ y]']);
  });

  it('stay whole, space included', () => {
    for (const text of ['  leading', 'trailing \n', 'a\n\nb\tc', ' ', 'one'])
      expect(
        wordDiff(text, 'a one')[0]
          .map((part) => part.text)
          .join(''),
      ).toBe(text);
  });

  it('are not compared where there are too many', () => {
    const long = range(1, 2001).join(' ');
    expect(wordDiff(long, 'short')).toEqual([
      [{ text: long, isShared: true }],
      [{ text: 'short', isShared: true }],
    ]);
  });
});

describe('the range of charts', () => {
  it('follows the newest point until the reader looks back', () => {
    const shown = new XRange();
    shown.setExtent(0, 100);
    expect(shown.visible).toEqual({ from: 0, to: 100 });
    shown.show(50, 100);
    shown.setExtent(0, 120);
    expect(shown.visible).toEqual({ from: 70, to: 120 });
    shown.pan(-0.5);
    shown.setExtent(0, 200);
    expect(shown.visible).toEqual({ from: 45, to: 95 });
    expect(shown.isFollowing).toBe(false);
    shown.follow();
    expect(shown.visible).toEqual({ from: 150, to: 200 });
    expect(new XRange(shown.kept).kept).toEqual(shown.kept);
    shown.showAll();
    expect(shown.kept).toBeUndefined();
  });

  it('stays within what there is', () => {
    const shown = new XRange();
    shown.setExtent(10, 20);
    shown.show(0, 12);
    expect(shown.visible).toEqual({ from: 10, to: 20 });
    shown.show(12, 14);
    shown.pan(-10);
    expect(shown.visible).toEqual({ from: 10, to: 12 });
    shown.zoom(0.5, 10);
    expect(shown.visible).toEqual({ from: 10, to: 11 });
    shown.zoom(100, 10);
    expect(shown.isAll).toBe(true);
    shown.setExtent(5, 5);
    expect(shown.visible).toEqual({ from: 4.5, to: 5.5 });
  });
});

describe('a curve that grows', () => {
  it('is thinned and smoothed as if it had been there from the start', () => {
    const steps = Uint32Array.from(range(1, 60_000));
    const values = Float32Array.from(steps, noise);
    const whole = new StepCurve({ steps, values });
    const grown = new StepCurve();
    for (let from = 0; from < steps.length; from += 7001) {
      grown.append({ steps: steps.subarray(from, from + 7001), values: values.subarray(from, from + 7001) });
      grown.smoothed(0.9);
      grown.within({ from: 1, to: 60_000, width: 300 });
    }
    expect(grown.smoothed(0.9).points).toEqual(whole.smoothed(0.9).points);
    const view = { from: 1, to: 60_000, width: 300 };
    const extremes = (curve: Curve) => [Math.min(...curve.values), Math.max(...curve.values)];
    expect(extremes(grown.within(view))).toEqual(extremes(whole.points));
    expect(grown.within(view).values.length).toBeLessThan(4000);
    grown.clear();
    expect(grown.within(view).values.length).toBe(0);
    expect(grown.smoothed(0.9).points.values.length).toBe(0);
  });
});

it('a logarithmic axis is labelled wherever it lies', () => {
  expect(logTicks(0.56, 0.72).map((tick) => tick.toFixed(3))).toEqual(['0.600', '0.650', '0.700']);
  expect(logTicks(0.3, 20)).toEqual([0.5, 1, 2, 5, 10, 20]);
  expect(logTicks(0.002, 300).map(String)).toEqual(['0.01', '0.1', '1', '10', '100']);
});

it('labels of axes tell neighbours apart and are short', () => {
  const labels = (values: readonly number[]) => {
    const [first = 0, second = 1] = values;
    return values.map(tickWords(undefined, second - first, false)).join(' ');
  };
  expect(labels([0, 0.25, 0.5])).toBe('0 0.25 0.50');
  expect(labels([-50, 0, 50])).toBe('−50 0 50');
  expect(labels([0, 25_000, 50_000])).toBe('0 25k 50k');
  expect(labels([0, 0.00025, 0.0005])).toBe('0 2.5e−4 5e−4');
  expect(labels([0, 2e6])).toBe('0 2M');
});
