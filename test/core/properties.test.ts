import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checked, check, fixesOf } from '../../src/core/check/check';
import { yamlValue } from '../../src/core/config/edit';
import { formatOf } from '../../src/core/config/read';
import { childrenOf, OPTION_PATHS } from '../../src/core/config/table';
import type { Facts } from '../../src/core/facts';
import { completionsAt } from '../../src/core/language/completion';
import { hoverAt } from '../../src/core/language/hover';
import { lensesOf } from '../../src/core/language/lenses';
import { outlineOf } from '../../src/core/language/outline';
import { applyEdits } from '../../src/core/words/text';
import { corpusTexts, exampleTexts, goldenFacts, goldenTexts, hasShared } from '../support/texts';

/** Texts to start from; a real author's file breaks in more interesting ways than a random one. */
const SEEDS = [...exampleTexts(), ...goldenTexts(), ...corpusTexts()].filter(
  ({ text }) => text.length < 20_000,
);
/** What may be known beside a text: nothing, or what a golden file knows. */
const FACTS: readonly Facts[] = [{}, ...goldenFacts()];
const RUNS = Number(process.env.PROPERTY_RUNS ?? 20_000);
const SEED = 20_240_713;

const FRAGMENTS = [
  '\t',
  '\r\n',
  '\r',
  '\uFEFF',
  '\0',
  '\uFFFD',
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '&a ',
  '*a',
  '<<: *a\n',
  '|\n',
  '>-\n',
  '"',
  "'",
  '#',
  '---\n',
  '...\n',
  '!!float ',
  '? ',
  '\u{1F600}',
  '__proto__: 1\n',
  'beta: 0\n',
  'objective:\n',
  '  beta: .nan\n',
  'null',
  '1e999',
  '-.inf',
  '0x1F',
  'yes',
  ' ',
];
const VALUES = [
  0,
  -1,
  0.1,
  0.005,
  1,
  5,
  1e-12,
  1e300,
  true,
  'same',
  'none',
  'sigmoid',
  'ipo',
  'exo_pair',
  '',
  '$BETA',
  '???',
  'a b: c',
  '512',
  [],
  [0.1, 0.01],
  ['x'],
  'checkpoint-100',
  'hf_abcdefghijklmnopqrstuvwxyz012345',
];

type Mutation = (text: string, at: number, size: number, pick: number) => string;
const place = (text: string, at: number): number => Math.floor(at * (text.length + 1));
const MUTATIONS: readonly Mutation[] = [
  (text, at, size) => text.slice(0, place(text, at)) + text.slice(place(text, at) + Math.ceil(size * 30)),
  (text, at, _, pick) =>
    text.slice(0, place(text, at)) + FRAGMENTS[pick % FRAGMENTS.length] + text.slice(place(text, at)),
  (text, at) => text.slice(0, place(text, at)),
  (text, at, size, pick) =>
    onLines(text, (lines) =>
      lines.splice(
        Math.floor(at * lines.length),
        0,
        lines[pick % lines.length] ?? '',
        ...lines.slice(0, Math.floor(size * 3)),
      ),
    ),
  (text, at) => onLines(text, (lines) => lines.splice(Math.floor(at * lines.length), 1)),
  (text, at, _, pick) => onLines(text, (lines) => replaceValue(lines, Math.floor(at * lines.length), pick)),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => text.replaceAll('  ', '\t'),
];

function onLines(text: string, change: (lines: string[]) => unknown): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

function replaceValue(lines: string[], index: number, pick: number): void {
  const line = lines[index];
  if (line === undefined) return;
  lines[index] = line.replace(/:.*$/, `: ${yamlValue(VALUES[pick % VALUES.length] ?? '')}`);
}

const mutated = fc
  .record({
    seed: fc.nat(),
    steps: fc.array(
      fc.record({
        kind: fc.nat(),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        size: fc.double({ min: 0, max: 1, noNaN: true }),
        pick: fc.nat(),
      }),
      { minLength: 0, maxLength: 4 },
    ),
  })
  .map(({ seed, steps }) => {
    const start = SEEDS[seed % SEEDS.length] ?? { name: 'empty.dpo.yaml', text: '' };
    const text = steps.reduce(
      (current, { kind, at, size, pick }) =>
        MUTATIONS[kind % MUTATIONS.length]?.(current, at, size, pick) ?? current,
      start.text,
    );
    return { text, name: start.name.endsWith('.json') ? 'x.dpo.json' : 'x.dpo.yaml' };
  });

/** A config made of the table's keys with plausible and implausible values. */
const generated = fc
  .array(fc.record({ option: fc.nat(), value: fc.nat(), typo: fc.boolean() }), { maxLength: 14 })
  .map((settings) => {
    const root: Record<string, unknown> = { model: 'org/model', data: { train: 'pairs.jsonl' } };
    for (const { option, value, typo } of settings) {
      const keys = (OPTION_PATHS[option % OPTION_PATHS.length] ?? '').split('.');
      let node = root;
      for (const key of keys.slice(0, -1)) {
        if (!isSection(node[key])) node[key] = {};
        node = node[key] as Record<string, unknown>;
      }
      node[(typo ? 'x' : '') + keys.at(-1)] = VALUES[value % VALUES.length];
    }
    return root;
  });

const yamlOf = (value: unknown, indent = ''): string =>
  Object.entries(value as Record<string, unknown>)
    .map(([key, child]) =>
      isSection(child)
        ? `${indent}${key}:\n${yamlOf(child, `${indent}  `)}`
        : `${indent}${key}: ${yamlValue(child as string)}\n`,
    )
    .join('');
const isSection = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const source = fc.oneof(
  { weight: 5, arbitrary: mutated },
  { weight: 2, arbitrary: generated.map((root) => ({ text: yamlOf(root), name: 'x.dpo.yaml' })) },
  {
    weight: 1,
    arbitrary: generated.map((root) => ({ text: JSON.stringify(root, null, 2), name: 'x.dpo.json' })),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => ({ text, name: 'x.dpo.yaml' })),
  },
);

function expectSound(checked: Checked): void {
  const { text, problems } = checked;
  for (const { range, message, code } of problems) {
    expect(range.start).toBeGreaterThanOrEqual(0);
    expect(range.end).toBeGreaterThanOrEqual(range.start);
    expect(range.end).toBeLessThanOrEqual(text.length);
    expect(message).not.toMatch(/undefined|\[object|NaN is not/);
    expect(code).toMatch(/^[A-Z]+\d{3}$/);
  }
}

const errorsOf = (checked: Checked): string[] =>
  checked.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);

describe(`any text${hasShared ? '' : ' (without the public corpus, which is not beside this checkout)'}`, () => {
  it(`never throws, ranges lie inside, fixes help: ${RUNS} texts`, { timeout: 900_000 }, () => {
    let fixes = 0;
    fc.assert(
      fc.property(source, fc.nat(), ({ text, name }, cursor) => {
        const facts = FACTS[cursor % FACTS.length] ?? {};
        const checked = check(text, name, facts);
        expectSound(checked);
        const offset = text.length ? cursor % (text.length + 1) : 0;
        hoverAt(checked, offset, { describeOptions: true });
        completionsAt(checked, offset, { models: ['a/b'], dataFiles: ['c.jsonl'] }, { keysAndValues: true });
        if (cursor % 4 === 0) {
          outlineOf(checked);
          lensesOf(checked);
        }
        const before = errorsOf(checked);
        // A file with a hundred problems has nothing to teach after the first few.
        for (const problem of checked.problems.slice(0, 6)) {
          for (const fix of fixesOf(checked, problem)) {
            fixes++;
            const after = check(applyEdits(text, fix.edits), name, facts);
            // The same words may hold at several places: a fix is for one of them.
            const same = ({ problems }: Checked): number =>
              problems.filter(({ code, message }) => code === problem.code && message === problem.message)
                .length;
            expect(same(after)).toBeLessThan(same(checked));
            if (checked.complete)
              expect(errorsOf(after).filter((error) => !before.includes(error))).toEqual([]);
          }
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(fixes).toBeGreaterThan(RUNS / 4);
  });
});

describe('edits keep everything else', () => {
  it('what is written with set() is read back, and the rest stays', () => {
    const texts = [...exampleTexts(), ...goldenTexts()].filter(
      ({ text, name }) => check(text, name).complete,
    );
    for (const { text, name } of texts) {
      const { experiment } = check(text, name);
      for (const path of [
        'objective.beta',
        'training.learning_rate',
        'data.max_length',
        'sweep.parallel',
      ] as const) {
        const edits = experiment.set(path, 16);
        expect(edits, `${name} ${path}`).toBeDefined();
        const after = applyEdits(text, edits ?? []);
        expect(check(after, name).experiment.get(path).value, `${name} ${path}`).toBe(16);
        const lost = text
          .split('\n')
          .filter((line) => line.includes('#') && !after.includes(line.slice(line.indexOf('#')).trim()));
        expect(lost).toEqual([]);
      }
    }
  });

  it('every section of the table has keys', () => {
    expect(childrenOf('').map(({ key }) => key)).toEqual([
      'model',
      'reference',
      'objective',
      'data',
      'training',
      'evaluation',
      'sweep',
      'backend',
    ]);
    expect(formatOf('a.dpo.json')).toBe('json');
  });
});
