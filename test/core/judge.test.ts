import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRules } from '../../src/core/judge/parse-text-rules';
import { compilePattern } from '../../src/core/judge/pattern';
import { scoreText, winRate } from '../../src/core/judge/text-rules';

function score(rules: string, prompt: string, text: string, ended = true): number {
  const parsed = parseRules(`rules:\n${rules}`);
  expect(parsed.problems).toEqual([]);
  return scoreText(parsed.rules, prompt, text, ended);
}

function problemsOf(text: string): string[] {
  return parseRules(text).problems.map(
    ({ range, message }) => `${text.slice(range.start, range.end)} | ${message}`,
  );
}

function problemOf(pattern: string): string {
  const compiled = compilePattern(pattern);
  return 'problem' in compiled ? compiled.problem : 'none';
}

describe('the score of a text', () => {
  it('counts all matches, different ones, or repeats', () => {
    const rule = (counting: string): string => `  - { count: 'fig|pear', counting: ${counting}, points: 2 }`;
    const text = 'fig, pear, fig, fig';
    expect(score(rule('all'), '', text)).toBe(8);
    expect(score(rule('distinct'), '', text)).toBe(4);
    expect(score(rule('repeats'), '', text)).toBe(4);
    expect(score("  - { count: 'fig|pear', points: 2 }", '', text)).toBe(8);
  });

  it('counts up to a limit, or the distance from a target', () => {
    expect(score("  - { count: 'a', at_most: 2, points: 1 }", '', 'aaa')).toBe(2);
    expect(score("  - { count: 'a', target: 2, points: -0.5 }", '', 'aaaa')).toBe(-1);
    expect(score("  - { count: 'a', target: 2, points: -0.5 }", '', '')).toBe(-1);
    expect(score("  - { count: 'a', target: 2, points: -0.5 }", '', 'aa')).toBe(0);
  });

  it('applies rules to the prompts that they name, again and again', () => {
    const rules =
      "  - { prompt: 'fruits', count: 'fig', points: 1 }\n  - { prompt: 'tools', count: 'saw', points: 1 }";
    for (let i = 0; i < 3; i++) expect(score(rules, 'Name two fruits:', 'fig, saw')).toBe(1);
    const parsed = parseRules(`rules:\n${rules}`).rules;
    for (let i = 0; i < 3; i++) expect(scoreText(parsed, 'two fruits, please', 'fig', true)).toBe(1);
  });

  it('has points for ending, or for not ending', () => {
    expect(score('  - { ended: true, points: 3 }', '', '', true)).toBe(3);
    expect(score('  - { ended: true, points: 3 }', '', '', false)).toBe(0);
    expect(score('  - { ended: false, points: -3 }', '', '', false)).toBe(-3);
  });

  it('does not count empty matches', () => {
    expect(score("  - { count: 'a*', points: 1 }", '', 'baab')).toBe(1);
  });

  it('wins against lower scores, half against equal ones', () => {
    expect(winRate([1, 2, 3], [0, 2, 4])).toBe(0.5);
    expect(winRate([1, 1], [0, 0])).toBe(1);
  });
});

describe('a pattern', () => {
  const matches = (pattern: string, text: string): string[] | undefined => {
    const compiled = compilePattern(pattern);
    return 'pattern' in compiled ? [...(text.match(compiled.pattern) ?? [])] : undefined;
  };

  it('means the same as in Python with re.ASCII', () => {
    expect(matches('\\s', ' \u00a0\t\u2003\n')).toEqual([' ', '\t', '\n']);
    expect(matches('[^\\s,]+', 'a b,\u00a0c')).toEqual(['a', 'b', '\u00a0c']);
    expect(matches('\\S+', 'a\u00a0b c')).toEqual(['a\u00a0b', 'c']);
    expect(matches('\\w+', 'naïve')).toEqual(['na', 've']);
    expect(matches('.+', 'a\rb\nc')).toEqual(['a\rb', 'c']);
    expect(matches('b$', 'b\n')).toEqual([]);
    expect(matches('b$', 'ab')).toEqual(['b']);
    expect(matches('.', '😀')).toEqual(['😀']);
    expect(matches('\\b(?!fig\\b)[a-z]+', 'fig, pear')).toEqual(['pear']);
    expect(matches('[\\]\\-.]', 'a]-.')).toEqual([']', '-', '.']);
  });

  it('of other syntax is refused', () => {
    expect(problemOf('(a)\\1')).toMatch(/uses \\1, which is no part of the syntax/);
    expect(problemOf('\\p{L}')).toMatch(/uses \\p/);
    expect(problemOf('(?<n>a)')).toMatch(/group of a kind/);
    expect(problemOf('(?<=a)b')).toMatch(/group of a kind/);
    expect(problemOf('(?i)b')).toMatch(/group of a kind/);
    expect(problemOf('[]a]')).toMatch(/empty class, \[\]/);
    expect(problemOf('[^]')).toMatch(/empty class/);
    expect(problemOf('[\\S]')).toMatch(/uses \\S in a class/);
    expect(problemOf('(a')).toMatch(/is not valid/);
    expect(problemOf('a)')).toMatch(/is not valid/);
    expect(problemOf('a{')).toMatch(/is not valid/);
    expect(problemOf('a\\')).toMatch(/is not valid/);
    expect(problemOf('a'.repeat(5000))).toMatch(/longer than/);
  });

  it('that could take forever is refused', () => {
    for (const pattern of ['(a+)+', '(?:a|b)*', '(a?){20}', '((a*)b)+', '(?:(?:a|ab)c){2,}']) {
      expect(problemOf(pattern), pattern).toMatch(/can take forever/);
    }
    for (const pattern of ['(?:ab)+', '(?:a|b)?', '(a+)', '(?:\\d{2}x)*', '[a|b]+', '\\(a+\\)+']) {
      expect(problemOf(pattern), pattern).toBe('none');
    }
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '(?:',
      '[',
      ']',
      '\\',
      '{2}',
      '{',
      '*',
      '+?',
      '|',
      'a',
      '^',
      '$',
      '.',
      '\\s',
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((parts) => parts.join('')),
        (text) => void compilePattern(text),
      ),
    );
  });
});

describe('a file of rules', () => {
  it('is read with anchors under free keys', () => {
    const text = `x-fruits: &fruits '\\b(?:fig|pear)\\b'\nrules:\n  - { name: fruits, count: *fruits, points: 1 }\n`;
    expect(parseRules(text)).toMatchObject({ problems: [], rules: [{ points: 1 }] });
  });

  it.each([
    ['', ' | A judge needs a list of rules under the key "rules".'],
    ['- a', '- a | A judge needs a list of rules under the key "rules".'],
    ['rules: []', 'rules | A judge needs a list of rules under the key "rules".'],
    [
      'rules: [{ ended: true, points: 1 }]\nrule: 2',
      'rule | There is no key "rule" here. Only "rules" has a meaning.',
    ],
    ['rules: [a]', 'a | A rule has keys and values, such as "count: \'\\w+\'" and "points: 1".'],
    ['rules: [{ ended: 1, points: 1 }]', '1 | "ended" is true or false.'],
    ["rules: [{ count: 'a', points: x }]", 'x | "points" is a number.'],
    ["rules: [{ count: 'a', points: .inf }]", '.inf | "points" is a number.'],
    ["rules: [{ count: 'a', at_most: 1.5, points: 1 }]", '1.5 | "at_most" is a whole number of at least 0.'],
    [
      "rules: [{ count: 'a', at_most: 1, target: 2, points: 1 }]",
      'at_most | "at_most" and "target" exclude each other.',
    ],
    [
      "rules: [{ count: 'a', counting: once, points: 1 }]",
      'once | "counting" is one of all, distinct, repeats.',
    ],
    [
      "rules: [{ count: '(?i)a', points: 1 }]",
      "'(?i)a' | The pattern has a group of a kind other than (...), (?:...), (?=...) and (?!...).",
    ],
    ['rules: [{ count: 5, points: 1 }]', '5 | "count" is text. Write it in single quotes.'],
    ['rules: [{ ended: true, target: 5, points: 1 }]', 'target | "target" belongs to rules with "count".'],
    [
      "rules: [{ count: 'a', weight: 1, points: 1 }]",
      'weight | A rule has no key "weight". It has name, prompt, count, counting, at_most, target, points, ended.',
    ],
    [
      "rules: [{ count: 'a' }]",
      '{ count: \'a\' } | A rule needs "points": a number, below 0 for what a text should not do.',
    ],
    [
      'rules: [{ points: 1 }]',
      '{ points: 1 } | A rule needs either "count", a pattern to look for, or "ended", true or false.',
    ],
    [
      "rules: [{ count: 'a', ended: true, points: 1 }]",
      'count: \'a\' | A rule needs either "count", a pattern to look for, or "ended", true or false.',
    ],
  ])('says what is wrong with %j', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
    expect(parseRules(text).rules.length).toBe(
      text.startsWith('rules: [{ ended: true, points: 1 }]') ? 1 : 0,
    );
  });

  it('reports broken YAML, and never throws', () => {
    expect(problemsOf('rules: [')[0]).toMatch(/not valid YAML/);
    fc.assert(fc.property(fc.string(), (text) => void parseRules(text)));
  });
});
