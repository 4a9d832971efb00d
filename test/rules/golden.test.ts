import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Checked, check, fixesOf } from '../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import type { Facts } from '../../src/core/facts';
import { RULE_ENTRIES } from '../../src/core/rules/all';
import { applyEdits, LineIndex } from '../../src/core/words/text';

/**
 * A folder per code: bad.dpo.yaml (or .json, or a file of another trainer), what is known beside it (facts.json), the problems as text, and the
 * config after the first fix of the code, or mended by hand where there is none (with fixed-facts.json where the
 * world around it had to be mended). UPDATE_GOLDEN=1 writes problems.txt and fixed anew.
 */
const GOLDEN = path.resolve(import.meta.dirname, '../golden');
const UPDATE = process.env.UPDATE_GOLDEN === '1';

/** For the trainers whose dialects are to come: no config of our own can have it. See rules.test.ts. */
const OTHER_DIALECTS = new Set(['REF002', 'KEY006']);

useDialects(FOREIGN_DIALECTS);

const codes = readdirSync(GOLDEN).sort();

function readFacts(folder: string, name: string): Facts | undefined {
  const file = path.join(folder, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Facts) : undefined;
}

/** Problems with the lines they stand on. */
function printed(checked: Checked): string {
  const lines = new LineIndex(checked.text);
  return checked.problems
    .map((problem) => {
      const { line, column } = lines.position(problem.range.start);
      const number = String(line + 1).padStart(4);
      return [
        `${problem.code} ${problem.severity} ${line + 1}:${column + 1} ${problem.message}`,
        `${number} | ${lines.line(line)}`,
        ...fixesOf(checked, problem).map(({ title }) => `     fix: ${title}`),
        '',
      ].join('\n');
    })
    .join('\n');
}

describe('golden configs', () => {
  it('every code has a folder, and every folder a code', () => {
    const wanted = RULE_ENTRIES.map(({ code }) => code).filter((code) => !OTHER_DIALECTS.has(code));
    expect(codes).toEqual(wanted.sort());
  });

  it.each(codes)('%s', (code) => {
    const folder = path.join(GOLDEN, code);
    const bad = readdirSync(folder).find((name) => name.startsWith('bad.')) ?? '';
    const fixed = bad.replace('bad', 'fixed');
    const facts = readFacts(folder, 'facts.json') ?? {};
    const checked = check(readFileSync(path.join(folder, bad), 'utf8'), bad, facts);
    const problem = checked.problems.find((candidate) => candidate.code === code);
    const fix = problem && fixesOf(checked, problem)[0];

    if (UPDATE) {
      writeFileSync(path.join(folder, 'problems.txt'), printed(checked));
      if (fix) writeFileSync(path.join(folder, fixed), applyEdits(checked.text, fix.edits));
    }
    expect(problem, `${bad} has ${code}`).toBeDefined();
    expect(printed(checked)).toBe(readFileSync(path.join(folder, 'problems.txt'), 'utf8'));

    const fixedText = readFileSync(path.join(folder, fixed), 'utf8');
    if (fix) expect(applyEdits(checked.text, fix.edits)).toBe(fixedText);
    const after = check(fixedText, fixed, readFacts(folder, 'fixed-facts.json') ?? facts);
    const left = after.problems.filter((other) => other.code === code || other.severity === 'error');
    expect(left).toEqual([]);
  });
});
