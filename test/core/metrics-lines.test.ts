import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStep, METRIC_NAMES, MetricNumbers, Row } from '../../src/core/metrics/row';
import { LineScanner } from '../../src/core/metrics/scan-line';
import { fromJsonNumber, isKnownMetric, type MetricsLine } from '../../src/core/runs/format';
import { metricsLine } from '../../src/core/runs/read-files';

interface Scanned {
  readonly split: string;
  readonly step: number;
  readonly values: ReadonlyMap<string, number>;
}

/** @param own names of values that the trainer has of its own, which came up before */
function scan(text: string, chosen?: readonly string[], own: readonly string[] = []): Scanned | undefined {
  const bytes = new TextEncoder().encode(`##${text}\n{"step":1`);
  const numbers = new MetricNumbers();
  for (const name of own) numbers.take(name);
  const scanner = new LineScanner(numbers, chosen && new Set(chosen));
  scanner.open(bytes);
  const row = new Row();
  const next = scanner.scan(2, row);
  if (next < 0) return undefined;
  expect(next).toBe(bytes.lastIndexOf(0x0a) + 1);
  const { split, step, count, metrics, values } = row;
  const named = Array.from({ length: count }, (_, index): [string, number] => [
    numbers.names[metrics[index] ?? 0] ?? '',
    values[index] ?? 0,
  ]);
  return { split, step, values: new Map(named) };
}

/** What JSON.parse makes of the same line. */
function parsed(text: string): MetricsLine | undefined {
  try {
    const line = metricsLine(JSON.parse(text));
    return line && isStep(line.step) ? line : undefined;
  } catch {
    return undefined;
  }
}

/** Equal in single precision; the last bit may differ, where a value lies between two of its numbers. */
function expectClose(found: number, expected: number): void {
  const [a, b] = [Math.fround(found), Math.fround(expected)];
  if (Object.is(a, b) || a === b) return;
  expect(Math.abs(a - b)).toBeLessThanOrEqual(Math.max(Math.abs(b) * 2 ** -23, 2 ** -149));
}

function expectSame(found: Scanned, line: MetricsLine | undefined): void {
  expect([found.split, found.step]).toEqual([line?.split, line?.step]);
  const expected = Object.entries(line?.values ?? {});
  expect(new Set(found.values.keys())).toEqual(new Set(expected.map(([name]) => name)));
  for (const [name, value] of expected) expectClose(found.values.get(name) ?? 0, fromJsonNumber(value));
}

const LINE =
  '{"step":4,"time":1795555362679,"split":"train","values":{"loss":0.6958764493465424,"accuracy":0.5,"memory":9585930240,"learning_rate":1.6e-7,"kl":-0,"gradient_norm":"NaN"}}';

describe('lines of metrics, read from their bytes', () => {
  it.each([
    ['as our trainer writes them', LINE],
    ['as Python writes them', LINE.replaceAll(':', ': ').replaceAll(',', ', ')],
    ['with space and line ends of Windows', ` ${LINE.replaceAll(',', ' ,\t')}\r`],
    ['without values', '{"step":0,"time":0.5,"split":"eval","values":{}}'],
    ['with a text among its values', LINE.replace('"loss"', '"newer":"text, }","loss"')],
  ])('%s', (_, text) => {
    const found = scan(text);
    expect(found).toBeDefined();
    if (found) expectSame(found, parsed(text));
  });

  it.each([
    ['another order of keys', '{"time":1,"step":1,"split":"train","values":{}}'],
    ['a value of the trainer whose name is new', LINE.replace('"loss"', '"new":1e400,"loss"')],
    ['an escape', LINE.replace('loss', 'l\\u006fss')],
    ['a value that is no number', LINE.replace('"NaN"', 'null')],
    ['a step that is none', LINE.replace('"step":4', '"step":-4')],
    ['a half step', LINE.replace('"step":4', '"step":0.5')],
    ['a number that JSON does not know', LINE.replace('0.5', '00.5')],
    ['text after its end', `${LINE}{`],
    ['no end', LINE.slice(0, -1)],
    ['nothing', ''],
  ])('are left to be parsed where they have %s', (_, text) => {
    expect(scan(text)).toBeUndefined();
  });

  it('give only the metrics that were chosen', () => {
    expect([...(scan(LINE, ['kl', 'loss'])?.values.keys() ?? [])]).toEqual(['loss', 'kl']);
  });

  it('have values that a trainer has of its own, once their names came up', () => {
    const own = ['rewards/margins std', 'ä', 'a"b', 'x', 'constructor'];
    const text = LINE.replace(
      '"loss"',
      '"ä":1,"x":2.5,"rewards/margins std":"NaN","a\\"b":-3,"constructor":4,"loss"',
    );
    const found = scan(text, undefined, own);
    expect(found).toBeDefined();
    if (found) expectSame(found, parsed(text));
    expect(own.map((name) => found?.values.get(name))).toEqual([Number.NaN, 1, -3, 2.5, 4]);
    expect([...(scan(text, ['kl'], own)?.values.keys() ?? [])]).toEqual(['kl']);
  });

  it('leave out names for which there is no room', () => {
    const numbers = new MetricNumbers();
    for (let index = 0; !numbers.isFull; index++) numbers.take(`own ${index}`);
    expect([numbers.take('one more'), numbers.take('own 0'), numbers.take('loss')]).toEqual([
      undefined,
      METRIC_NAMES.length,
      0,
    ]);
    expect(METRIC_NAMES.every(isKnownMetric)).toBe(true);
  });

  it('have the same numbers as parsed ones, however they are written', () => {
    const digits = (least: number, most: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least, maxLength: most });
    const written = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits(1, 30),
        fc.option(digits(1, 40)),
        fc.option(fc.tuple(fc.constantFrom('e', 'E+', 'e-'), digits(1, 3))),
      )
      .map(([sign, whole, fraction, power]) =>
        [sign, whole, fraction === null ? '' : `.${fraction}`, ...(power ?? [])].join(''),
      );
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
      written,
    );
    fc.assert(
      fc.property(number, (text) => {
        const line = `{"step":1,"time":1,"split":"train","values":{"kl":${text}}}`;
        const [found, expected] = [scan(line), parsed(line)];
        expect(found !== undefined).toBe(expected !== undefined);
        if (found) expectSame(found, expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('are never read otherwise than parsed, whatever happened to their bytes', () => {
    const value = fc.oneof(
      fc
        .double()
        .map(String)
        .map((text) => (/[ny]/.test(text) ? `"${text}"` : text)),
      fc.constantFrom('1', '"x"', 'true', '[1]'),
    );
    const name = fc.oneof(
      fc.constantFrom<string>(...METRIC_NAMES),
      fc.constantFrom('new', '', 'ä', 'constructor', '__proto__'),
    );
    const line = fc
      .tuple(
        fc.nat(9),
        fc.constantFrom('train', 'eval', 'test'),
        fc.array(fc.tuple(name, value), { maxLength: 5 }),
      )
      .map(
        ([step, split, values]) =>
          `{"step":${step},"time":17,"split":"${split}","values":{${values.map(([key, text]) => `"${key}":${text}`).join(',')}}}`,
      );
    const damage = fc.record({
      at: fc.nat(200),
      length: fc.nat(2),
      text: fc.constantFrom('', ' ', '"', '}', ',', '0', '.', '-', 'e', '\\'),
    });
    fc.assert(
      fc.property(line, fc.array(damage, { maxLength: 2 }), fc.boolean(), (whole, damages, knowsNames) => {
        const text = damages.reduce(
          (so, { at, length, text: piece }) => so.slice(0, at) + piece + so.slice(at + length),
          whole,
        );
        const own = knowsNames ? ['new', 'ä', 'constructor', '__proto__'] : [];
        const found = scan(text, undefined, own);
        if (found) expectSame(found, parsed(text));
      }),
      { numRuns: 3000 },
    );
  });
});
