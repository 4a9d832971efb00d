import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import type { Facts } from '../../src/core/facts';
import { completionsAt } from '../../src/core/language/completion';
import { hoverAt } from '../../src/core/language/hover';
import { outlineOf } from '../../src/core/language/outline';
import { configPage, rulePage } from '../../src/core/language/pages';
import type { OutlineItem } from '../../src/core/language/types';
import { applyEdits } from '../../src/core/words/text';

/** The cursor is written as `|`. */
function at(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf('|');
  return { text: marked.replace('|', ''), offset };
}

const RESOURCES = { models: ['org/small', 'org/large'], dataFiles: ['data/train.jsonl'] };
const FACTS: Facts = {
  train: {
    state: 'read',
    files: [],
    columns: ['question', 'good', 'bad'],
    format: 'unknown',
    sampled: 3,
    identicalPairs: 0,
    emptyResponses: 0,
    meanChosenLength: 0,
    meanRejectedLength: 0,
  },
};

function labels(marked: string, name = 'a.dpo.yaml', keysAndValues = true): string[] {
  const { text, offset } = at(marked);
  return completionsAt(check(text, name, FACTS), offset, RESOURCES, { keysAndValues }).map(
    ({ label }) => label,
  );
}

function completed(marked: string, label: string, name = 'a.dpo.yaml'): string | undefined {
  const { text, offset } = at(marked);
  const item = completionsAt(check(text, name, FACTS), offset, RESOURCES, { keysAndValues: true }).find(
    (candidate) => candidate.label === label,
  );
  return item && applyEdits(text, [{ range: item.range, newText: item.newText }]);
}

describe('completion of keys', () => {
  it('offers the sections that are not written yet', () => {
    expect(labels('model: m\n|')).toEqual([
      'reference',
      'objective',
      'data',
      'training',
      'evaluation',
      'sweep',
      'backend',
    ]);
  });
  it('offers the keys of the section that the indentation belongs to', () => {
    expect(labels('model: m\nobjective:\n  beta: 0.1\n  |\n')).toEqual([
      'loss',
      'label_smoothing',
      'length_normalized',
      'sft_weight',
    ]);
    expect(labels('training:\n  lora:\n    |')).toEqual(['rank', 'alpha', 'targets', 'quantize']);
    expect(labels('training:\n  lora:\n    rank: 8\n  |')).not.toContain('rank');
    expect(labels('data:\n  train:\n    |')).toEqual(['path', 'split', 'config']);
  });
  it('works while the line is half typed, in flow style and in JSON', () => {
    expect(labels('objective:\n  be|\n')).toContain('beta');
    expect(labels('objective: {loss: ipo, |}')).toEqual([
      'beta',
      'label_smoothing',
      'length_normalized',
      'sft_weight',
    ]);
    expect(labels('{"objective": {"|"}}', 'a.dpo.json')).toContain('beta');
  });
  it('writes what can be typed on', () => {
    expect(completed('obj|', 'objective')).toBe('objective:\n  ');
    expect(completed('mo|', 'model')).toBe('model: ');
    expect(completed('objective:\n  be|ta: 1\n', 'beta')).toBe('objective:\n  beta: 1\n');
    expect(completed('training:\n  lo|', 'lora')).toBe('training:\n  lora:\n    ');
    expect(completed('{"objective": {"be|"}}', 'beta', 'a.dpo.json')).toBe('{"objective": {"beta": }}');
  });
  it('is silent in comments', () => {
    expect(labels('# mod|')).toEqual([]);
  });
});

describe('completion of values', () => {
  it.each([
    ['model: |', ['org/small', 'org/large']],
    ['model:\n  path: org/|', ['org/small', 'org/large']],
    ['data:\n  train: |', ['data/train.jsonl']],
    ['data:\n  columns:\n    chosen: |', ['question', 'good', 'bad']],
    ['objective:\n  loss: |', ['sigmoid', 'hinge', 'ipo', 'robust']],
    ['reference:\n  policy: |', ['org/small', 'org/large', 'same', 'none']],
    ['sweep:\n  stop_degenerate: |', ['true', 'false']],
    ['objective:\n  beta: |', ['0.1', '0.05', '0.02', '0.01', '0.005']],
    ['sweep:\n  beta: [0.1, |]', ['0.1', '0.05', '0.02', '0.01', '0.005']],
    ['sweep:\n  beta:\n    - |', ['0.1', '0.05', '0.02', '0.01', '0.005']],
    [
      'training:\n  lora:\n    targets: [q_proj, |',
      ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    ],
    ['backend:\n  torch:\n    report_to: [|]', ['wandb', 'tensorboard', 'trackio', 'mlflow']],
  ])('%j', (marked, expected) => {
    const found = labels(marked);
    expect(found.slice(0, expected.length)).toEqual(expected);
  });
  it('offers the losses of the chosen trainer', () => {
    expect(labels('objective:\n  loss: |\nbackend:\n  kind: torch\n')).toContain('apo_zero');
  });
  it('replaces the whole value and leaves the comment', () => {
    expect(completed('objective:\n  loss: si|gm # why\n', 'ipo')).toBe('objective:\n  loss: ipo # why\n');
  });
  it('leaves to the schema what another extension completes', () => {
    expect(labels('model: m\n|', 'a.dpo.yaml', false)).toEqual([]);
    expect(labels('{"model": "|"}', 'a.dpo.json', false)).toEqual(['org/small', 'org/large']);
    expect(completed('{"model": "|"}', 'org/small', 'a.dpo.json')).toBe('{"model": "org/small"}');
  });
});

describe('hover', () => {
  const hover = (marked: string, describeOptions = true): string => {
    const { text, offset } = at(marked);
    return hoverAt(check(text, 'a.dpo.yaml'), offset, { describeOptions })?.markdown ?? '';
  };
  it("explains a key, its default and the paper's numbers", () => {
    const text = hover('objective:\n  be|ta: 0.1\n');
    expect(text).toContain('**objective.beta** · a number above 0 · default 0.1');
    expect(text).toContain('| mistral-7b-sft&nbsp;&nbsp; | 14.03&nbsp;&nbsp; |');
    expect(text).toContain('degenerate');
  });
  it('explains the value that was chosen', () => {
    expect(hover('objective:\n  loss: ip|o\n')).toContain('`ipo`: Squared distance');
  });
  it('explains a section and a shorthand', () => {
    expect(hover('mod|el: m\n')).toContain('A plain value stands for `path`');
  });
  it('gives only the numbers where the schema is shown already', () => {
    expect(hover('objective:\n  be|ta: 0.1\n', false)).not.toContain('default 0.1');
    expect(hover('training:\n  se|ed: 1\n', false)).toBe('');
  });
  it('has nothing to say about an unknown key', () => {
    expect(hover('objective:\n  bt|a: 0.1\n')).toBe('');
  });
});

describe('outline', () => {
  it('lists keys with their values, whatever their kind', () => {
    const lines = (items: readonly OutlineItem[], indent = ''): string[] =>
      items.flatMap((item) => [
        `${indent}${item.kind} ${item.name} ${item.detail}`.trimEnd(),
        ...lines(item.children, `${indent}  `),
      ]);
    expect(
      lines(
        outlineOf(check('model: m\nobjective:\n  beta: 0.1\nsweep:\n  beta: [1, 2]\nfoo: 1\n', 'a.dpo.yaml')),
      ),
    ).toEqual([
      'section model "m"',
      'section objective',
      '  option beta 0.1',
      'section sweep',
      '  option beta [1, 2]',
      'unknown foo 1',
    ]);
  });
});

describe('pages', () => {
  const base = 'model: org/policy-7b-sft\ndata:\n  train: t.jsonl\n';
  it.each([
    ['', 'Reference: frozen copy of the starting policy', 'ln 2'],
    ['reference: {policy: none}\n', 'Reference: none', 'Well-tuned DPO won'],
    ['reference: {policy: org/strong}\n', 'Reference: org/strong', 'compatible'],
    ['reference: {score: prior}\n', 'scored without the prompt', 'log p_ref(y)'],
    ['reference: {logprobs: columns}\n', 'log-probabilities from the data', 'No reference model is loaded'],
  ])('say what %j means', (reference, title, sentence) => {
    const page = configPage('reference', check(base + reference, 'a.dpo.yaml'));
    expect(page).toContain(title);
    expect(page).toContain(sentence);
  });
  it('show the memory part by part', () => {
    expect(configPage('memory', check(base, 'a.dpo.yaml'))).toMatch(/\| part&nbsp;/);
  });
  it('show the evidence of a rule', () => {
    expect(rulePage('BETA001')).toContain('14.03');
    expect(rulePage('NOPE999')).toContain('no rule');
  });
});
