import { beforeAll, expect, test } from 'vitest';
import { jsonStringEdits } from '../../../src/core/config/placed-text';
import { addKeyword, pythonLiteral, removeKeyword } from '../../../src/core/config/python/edit-python';
import { notebookCode } from '../../../src/core/config/python/notebook';
import { readPython } from '../../../src/core/config/python/read-python';
import { applyEdits } from '../../../src/core/words/text';
import { preparePythonParser } from '../../support/python-parser';

beforeAll(preparePythonParser);

test.each([
  [0.1, '0.1'],
  [5e-7, '5e-7'],
  [true, 'True'],
  [false, 'False'],
  ['a "b"', '"a \\"b\\""'],
  [['sigmoid', 'sft'], '["sigmoid", "sft"]'],
  [[1, 0.5], '[1, 0.5]'],
] as const)('The literal of %j', (value, expected) => {
  expect(pythonLiteral(typeof value === 'object' ? [...value] : value)).toBe(expected);
});

const ADDED: [before: string, after: string][] = [
  ['DPOConfig()', 'DPOConfig(b=1)'],
  ['DPOConfig( )', 'DPOConfig(b=1)'],
  ['DPOConfig(a=1)', 'DPOConfig(a=1, b=1)'],
  ['DPOConfig(a=1,)', 'DPOConfig(a=1, b=1)'],
  ['DPOConfig(x)', 'DPOConfig(x, b=1)'],
  ['DPOConfig(a=1, **k)', 'DPOConfig(a=1, b=1, **k)'],
  [
    'x = DPOConfig(\n    a=1,\n    c=2,  # last\n)',
    'x = DPOConfig(\n    a=1,\n    c=2,\n    b=1,  # last\n)',
  ],
  ['x = DPOConfig(\n    a=1,\n    c=2\n)', 'x = DPOConfig(\n    a=1,\n    c=2,\n    b=1\n)'],
];

test.each(ADDED)('An argument is added to %j', (before, after) => {
  const call = readPython(before)[0]?.config;
  expect(call && applyEdits(before, addKeyword(before, call, 'b', 1))).toBe(after);
});

const REMOVED: [before: string, after: string][] = [
  ['DPOConfig(b=1)', 'DPOConfig()'],
  ['DPOConfig(a=1, b=1)', 'DPOConfig(a=1)'],
  ['DPOConfig(b=1, a=1)', 'DPOConfig(a=1)'],
  ['DPOConfig(\n    a=1,\n    b=2,  # gone\n    c=3,\n)', 'DPOConfig(\n    a=1,\n    c=3,\n)'],
  ['DPOConfig(\n    a=1,\n    b=2\n)', 'DPOConfig(\n    a=1,\n)'],
  ['DPOConfig(\n    a=1, b=2, c=3\n)', 'DPOConfig(\n    a=1, c=3\n)'],
];

test.each(REMOVED)('An argument is removed from %j', (before, after) => {
  const call = readPython(before)[0]?.config;
  const keyword = call?.keywords.find(({ name }) => name === 'b');
  expect(call && keyword && applyEdits(before, removeKeyword(before, call, keyword))).toBe(after);
});

/** A notebook with a text cell, an output, and two code cells, one of them with its lines as one string. */
function notebook(lines: string[], other: string): string {
  const cells = [
    { cell_type: 'markdown', source: ['DPOConfig(beta=9)'] },
    {
      cell_type: 'code',
      outputs: [{ text: ['DPOConfig(beta=8)'] }],
      source: lines.map((line) => `${line}\n`),
    },
    { cell_type: 'code', source: other, outputs: [] },
  ];
  return JSON.stringify({ cells, metadata: {}, nbformat: 4 }, null, 1);
}

test('A notebook is read from its code cells, and edited within their strings', () => {
  const text = notebook(
    ['%pip install trl', 'name = "é\\t"', 'args = DPOConfig(', '    beta=0.1,', ')'],
    'DPOTrainer("org/m", args=args)',
  );
  const code = notebookCode(text);
  const [training] = readPython(code?.text ?? '');
  const beta = training?.config?.keywords[0];
  if (!code || !training?.config || !beta) throw new Error('nothing was read');
  const { start, end } = code.range(beta.range.start, beta.range.end);
  expect(text.slice(start, end)).toBe('0.1');
  expect(training.policy?.path?.value).toBe('org/m');
  const edits = addKeyword(code.text, training.config, 'loss_type', 'ipo');
  const after = JSON.parse(applyEdits(text, jsonStringEdits(code, edits)));
  expect(after.cells[1].source.join('')).toContain('    beta=0.1,\n    loss_type="ipo",\n)');
});

test.each([
  '',
  '{',
  '[]',
  '{"cells": 1}',
  '{"cells": [{"cell_type": "code"}]}',
  '{"cells": [1, {"cell_type": "code", "source": ["\\u12"]}]}',
])('No notebook is %j', (text) => {
  expect(readPython(notebookCode(text)?.text ?? '')).toEqual([]);
});
