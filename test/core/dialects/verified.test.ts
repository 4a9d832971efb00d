import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { useDialects } from '../../../src/core/config/dialects/registry';

/** What the trainers themselves did with these files: verified/record.py ran them. */

const FOLDER = path.join(import.meta.dirname, 'verified');
const read = (name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8'));

interface Recorded {
  readonly versions: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, { readonly outcome: string; readonly words?: string }>>;
}

const { bases, cases } = read('cases.json') as {
  bases: Record<string, string>;
  cases: [name: string, claim: 'rejected' | 'ignored' | 'accepted', key: string, lines: string][];
};

beforeAll(() => useDialects(FOREIGN_DIALECTS));

describe('files that were given to their trainers', () => {
  it('are at least 40', () => expect(cases.length).toBeGreaterThanOrEqual(40));

  it.each(cases)('%s: %s: %s (%j)', (name, claim, key, lines) => {
    const { versions, outcomes } = read(`outcomes/${name.replace('-trainer', '')}.json`) as Recorded;
    expect(outcomes[`${name} ${key}: ${lines}`]?.outcome).toBe(claim);
    const text = `${bases[name]}${lines}\n`.replaceAll('MODEL', 'org/model-sft');
    const place = text.lastIndexOf(`${key}:`);
    const line = { start: place, end: text.indexOf('\n', place) };
    const here = check(text, 'dpo.yaml', { reading: { versions } }).problems.filter(
      ({ range }) => range.start >= line.start && range.end <= line.end,
    );
    const severities = here.map(({ severity }) => severity);
    if (claim === 'rejected') expect(severities).toContain('error');
    else expect(severities).not.toContain('error');
    const messages = here.map(({ message }) => message).join('\n');
    if (claim === 'ignored') expect(messages).toMatch(/no effect|pads all the same/);
    if (claim === 'accepted') expect(messages).not.toMatch(/no effect/);
  });
});
