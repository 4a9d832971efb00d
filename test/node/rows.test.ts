import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataText, parseJsonArray, parseJsonLines, type Rows } from '../../src/node/data/row';
import { jsonLines } from './support';

const data = (text: string, cut = false): DataText => ({ name: 'train.jsonl', text, cut });
const lines = (text: string, cut = false): Rows => parseJsonLines(data(text, cut), 400);
const array = (text: string, cut = false): Rows => parseJsonArray(data(text, cut), 400);

describe('parseJsonLines', () => {
  it('skips blank lines and takes any line break', () => {
    expect(lines('{"a":1}\r\n\r\n  \n{"a":2}')).toEqual({ rows: [{ a: 1 }, { a: 2 }], count: 2 });
    expect(lines('')).toEqual({ rows: [], count: 0 });
  });

  it('parses up to the limit and counts the rest', () => {
    expect(parseJsonLines(data('{"a":1}\n{"a":2}\nnot parsed\n'), 2)).toEqual({
      rows: [{ a: 1 }, { a: 2 }],
      count: 3,
    });
  });

  it('leaves out the line that the cut goes through', () => {
    expect(lines('{"a":1}\n{"a":', true)).toEqual({ rows: [{ a: 1 }], count: 1 });
    expect(lines('{"a":', true)).toEqual({ rows: [], count: 0 });
  });

  it.each([
    [
      'a torn last line',
      '{"a":1}\n{"a":"x',
      'Line 2 of train.jsonl is not JSON: {"a":"x. Its end is missing',
    ],
    ['NaN', '\n{"a":NaN}', 'Line 2 of train.jsonl is not JSON: {"a":NaN}. NaN and Infinity are not JSON'],
    ['text', 'hello', 'Line 1 of train.jsonl is not JSON: hello. Fix'],
    ['a number', '3', 'Line 1 of train.jsonl is not a JSON object: 3. Write one object'],
    ['a list', '[{"a":1}]', 'Line 1 of train.jsonl is not a JSON object'],
    ['a pretty-printed list', '[\n{}\n]', 'a list over several lines is a .json file'],
    [
      'binary',
      'PK\u{3}\0\0',
      'Line 1 of train.jsonl is not JSON: PK\u{FFFD}\u{FFFD}\u{FFFD}. It looks like binary',
    ],
  ])('names the line that is %s', (_, text, message) => {
    expect(() => lines(text)).toThrow(message);
  });

  it('shows the first 60 characters of a bad line', () => {
    expect(() => lines('x'.repeat(100))).toThrow(`not JSON: ${'x'.repeat(60)}... Fix`);
  });
});

describe('parseJsonArray', () => {
  it('reads lists, and lines in a file named .json', () => {
    expect(array(' [ {"a": "x]},[\\""}, {"b": [1, {"c": 2}]} ] ')).toEqual({
      rows: [{ a: 'x]},["' }, { b: [1, { c: 2 }] }],
      count: 2,
    });
    expect(array('{"a":1}\n{"a":2}')).toEqual({ rows: [{ a: 1 }, { a: 2 }], count: 2 });
    expect(array('[]').count).toBe(0);
    expect(array('  ').count).toBe(0);
  });

  it('leaves out the element that the cut goes through', () => {
    expect(array('[{"a":1},\n{"a":2', true)).toEqual({ rows: [{ a: 1 }], count: 1 });
  });

  it.each([
    ['ends early', '[{"a":1},{"a":', 'ends inside row 2'],
    ['misses a comma', '[{"a":1}\n{"a":2}]', 'Row 1 of train.jsonl (line 1) is not JSON'],
    ['has a comma too many', '[{"a":1},\n\n]', 'Row 2 of train.jsonl'],
    ['holds NaN', '[{"a":1},\n\n {"a":NaN}]', 'Row 2 of train.jsonl (line 3) is not JSON'],
    ['holds numbers', '[1]', 'Row 1 of train.jsonl (line 1) is not a JSON object'],
    ['closes too often', '[}}]', 'Row 1 of train.jsonl (line 1) is not JSON'],
  ])('names the place where a list %s', (_, text, message) => {
    expect(() => array(text)).toThrow(message);
  });
});

describe('both', () => {
  it('read what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), (rows) => {
        expect(lines(jsonLines(rows)).rows).toEqual(JSON.parse(JSON.stringify(rows)));
        expect(array(JSON.stringify(rows, null, 1)).rows).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
    );
  });

  it('give the rows before a cut, wherever it falls', () => {
    const rows = [{ a: 'x,]' }, { b: { c: '"' } }, { d: 1 }];
    const text = JSON.stringify(rows);
    for (let end = 1; end < text.length; end++) {
      const { rows: read } = array(text.slice(0, end), true);
      expect(read).toEqual(rows.slice(0, read.length));
    }
  });

  it('keep a __proto__ key as a plain key', () => {
    const [row] = lines('{"__proto__": {"chosen": "a"}}').rows;
    expect(Object.keys(row ?? {})).toEqual(['__proto__']);
    expect(row?.chosen).toBeUndefined();
  });
});
