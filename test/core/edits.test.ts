import { describe, expect, it } from 'vitest';
import { removeEntry, setValue, yamlValue } from '../../src/core/config/edit';
import { formatOf, read } from '../../src/core/config/read';
import { gridAround } from '../../src/core/sweeps/grid';
import { applyEdits, editBetween, LineIndex } from '../../src/core/words/text';

function edited(
  name: string,
  text: string,
  change: 'remove' | Parameters<typeof setValue>[2],
  path: string,
): string | undefined {
  const format = formatOf(name);
  const source = { text, format, root: read(text, format).root };
  const edits =
    change === 'remove' ? removeEntry(source, path.split('.')) : setValue(source, path.split('.'), change);
  return edits && applyEdits(text, edits);
}
const yaml = (text: string, change: Parameters<typeof edited>[2], path: string): string | undefined =>
  edited('a.dpo.yaml', text, change, path);

describe('setting a value in YAML', () => {
  it.each([
    ['a value', 'a:\n  b: 1 # why\n', 'a:\n  b: 2 # why\n'],
    ['an empty value', 'a:\n  b:  # why\n', 'a:\n  b: 2  # why\n'],
    ['a new key', 'a:\n  c: 1 # why\nd: 1\n', 'a:\n  c: 1 # why\n  b: 2\nd: 1\n'],
    ['a new section', 'd: 1', 'd: 1\na:\n  b: 2'],
    ['an empty section', 'a:\nd: 1\n', 'a:\n  b: 2\nd: 1\n'],
    ['a flow section', 'a: {c: 1}\n', 'a: {c: 1, b: 2}\n'],
    ['an empty flow section', 'a: {}\n', 'a: { b: 2 }\n'],
    ['CRLF', 'a:\r\n  c: 1\r\n', 'a:\r\n  c: 1\r\n  b: 2\r\n'],
    ['four spaces', 'a:\n    c: 1\n', 'a:\n    c: 1\n    b: 2\n'],
    [
      'after a block list',
      'a:\n  c:\n    - 1\n    - 2\n\n# end\n',
      'a:\n  c:\n    - 1\n    - 2\n  b: 2\n\n# end\n',
    ],
    ['after a block text', 'a:\n  c: |\n    x\n    y\n', 'a:\n  c: |\n    x\n    y\n  b: 2\n'],
    ['over a block list', 'a:\n  b:\n    - 1\n    - 3\n', 'a:\n  b: 2\n'],
    ['over an alias', 'x-k: &k 1\na:\n  b: *k\n', 'x-k: &k 1\na:\n  b: 2\n'],
    [
      'over a merged value',
      'x-k: &k {b: 1}\na:\n  <<: *k\n  c: 1\n',
      'x-k: &k {b: 1}\na:\n  <<: *k\n  c: 1\n  b: 2\n',
    ],
    ['an empty file', '', 'a:\n  b: 2\n'],
    ['only a comment', '# c', '# c\na:\n  b: 2\n'],
  ])('%s', (_, before, after) => {
    expect(yaml(before, 2, 'a.b')).toBe(after);
  });

  it('gives up where a plain value is in the way', () => {
    expect(yaml('a: 1\n', 2, 'a.b')).toBeUndefined();
  });
});

describe('removing from YAML', () => {
  it.each([
    ['a line with its comment', 'a:\n  b: 1 # why\n  c: 2\n', 'a:\n  c: 2\n'],
    ['the last key takes its section', 'a:\n  b: 1\nd: 1\n', 'd: 1\n'],
    ['a block list', 'a:\n  b:\n    - 1\n  c: 2\n', 'a:\n  c: 2\n'],
    ['first of a flow section', 'a: {b: 1, c: 2}\n', 'a: {c: 2}\n'],
    ['last of a flow section', 'a: {c: 2, b: 1}\n', 'a: {c: 2}\n'],
    ['without a line break at the end', 'c: 1\na:\n  d: 1\n  b: 1', 'c: 1\na:\n  d: 1\n'],
  ])('%s', (_, before, after) => {
    expect(yaml(before, 'remove', 'a.b')).toBe(after);
  });

  it('leaves what is not written there', () => {
    expect(yaml('a:\n  c: 1\n', 'remove', 'a.b')).toBeUndefined();
  });
});

describe('JSON', () => {
  it('is edited in place', () => {
    expect(edited('a.json', '{\n  "a": {\n    "c": 1\n  }\n}\n', 2, 'a.b')).toBe(
      '{\n  "a": {\n    "c": 1,\n    "b": 2\n  }\n}\n',
    );
    expect(edited('a.json', '{"a": {"b": 1, "c": 1}}', 'remove', 'a.b')).toBe('{"a": {"c": 1}}');
  });
});

describe('values as YAML', () => {
  it.each([
    [5e-7, '5.0e-7'],
    [1.5e-6, '1.5e-6'],
    [0.005, '0.005'],
    [1000, '1000'],
    ['true', '"true"'],
    ['12', '"12"'],
    ['a: b', '"a: b"'],
    ['plain', 'plain'],
    [['a, b', 'c'], '["a, b", c]'],
    [[0.1, 1e-5], '[0.1, 1.0e-5]'],
  ] as const)('%j', (value, written) => {
    expect(yamlValue(value)).toBe(written);
    expect(read(`v: ${written}`, 'yaml').problems).toEqual([]);
  });
});

describe('positions', () => {
  it('counts LF, CRLF and a lone CR as one break each', () => {
    const lines = new LineIndex('a\nbc\r\nd\re');
    expect([0, 2, 4, 6, 8].map((offset) => lines.position(offset))).toEqual([
      { line: 0, column: 0 },
      { line: 1, column: 0 },
      { line: 1, column: 2 },
      { line: 2, column: 0 },
      { line: 3, column: 0 },
    ]);
    expect(lines.line(1)).toBe('bc');
  });

  it('finds the one edit between two texts', () => {
    expect(editBetween('aXb', 'aYYb')).toEqual({ range: { start: 1, end: 2 }, newText: 'YY' });
    expect(editBetween('aa', 'aaa')).toEqual({ range: { start: 2, end: 2 }, newText: 'a' });
  });
});

describe('a grid around a beta', () => {
  it.each([
    [0.1, [0.5, 0.2, 0.1, 0.05, 0.02]],
    [0.01, [0.05, 0.02, 0.01, 0.005, 0.002]],
    [1, [5, 2, 1, 0.5, 0.2]],
    [0.03, [0.1, 0.05, 0.03, 0.02, 0.01]],
    [0.12, [0.5, 0.2, 0.12, 0.05, 0.02]],
  ])('%d', (beta, grid) => {
    expect(gridAround(beta)).toEqual(grid);
  });
});
