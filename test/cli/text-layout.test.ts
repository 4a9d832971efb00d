import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerpt } from '../../src/cli/check/excerpt';
import { displayWidth, takeWidth, visible, wrap, wrapMarkdown } from '../../src/cli/terminal/text-layout';
import { LineIndex } from '../../src/core/words/text';

const plain = (width: number) => ({ width, paint: (_: string, text: string) => text });
const anyText = fc.string({ unit: 'binary', maxLength: 300 });

describe('excerpt', () => {
  it('marks the place with carets below it', () => {
    expect(excerpt(new LineIndex('a: 1\nbeta: 0 # why\n'), { start: 11, end: 12 }, plain(80))).toEqual([
      '  2 | beta: 0 # why',
      '    |       ^',
    ]);
  });

  it('counts the columns of wide letters and tabs', () => {
    expect(excerpt(new LineIndex('値:\tペア'), { start: 3, end: 5 }, plain(80))).toEqual([
      '  1 | 値:  ペア',
      '    |      ^^^^',
    ]);
  });

  it('cuts a long line around the problem', () => {
    const text = `${'x'.repeat(200)}HERE${'y'.repeat(200)}`;
    expect(excerpt(new LineIndex(text), { start: 200, end: 204 }, plain(50))).toEqual([
      `  1 | …${'x'.repeat(23)}HERE${'y'.repeat(15)}…`,
      `    | ${' '.repeat(24)}^^^^`,
    ]);
  });

  it('shows a problem of several lines, or behind the text, by one line', () => {
    const lines = new LineIndex('a:\n  b\n  c\n');
    expect(excerpt(lines, { start: 0, end: 9 }, plain(80))).toEqual(['  1 | a:', '    | ^^']);
    expect(excerpt(lines, { start: 11, end: 11 }, plain(80))).toEqual(['  4 |', '    | ^']);
  });

  it('is never wider than the terminal and never obeys the text', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.nat(300),
        fc.nat(300),
        fc.integer({ min: 40, max: 120 }),
        (text, start, end, width) => {
          const shown = excerpt(new LineIndex(text), { start, end: Math.max(start, end) }, plain(width));
          expect(shown).toHaveLength(2);
          for (const line of shown) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width);
            expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
          }
          expect(shown[1]).toMatch(/\^$/);
        },
      ),
    );
  });
});

describe('wrap', () => {
  it('breaks at spaces, keeps long words, and indents', () => {
    expect(wrap('one two three', 9, '  ')).toEqual(['  one two', '  three']);
    expect(wrap('a verylongword b', 6, '  ')).toEqual(['  a', '  verylongword', '  b']);
    expect(wrap('  ', 10)).toEqual([]);
  });

  it('keeps list items, paragraphs and code apart', () => {
    expect(wrapMarkdown('First line.\n\n- one two three\n1. four\n\n```\na   b\n```', 12, ' ')).toEqual([
      ' First line.',
      '',
      ' - one two',
      '   three',
      ' 1. four',
      '',
      ' a   b',
    ]);
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 1, max: 80 }), (text, width) => {
        expect(wrap(text, width).join(' ')).toBe(text);
      }),
    );
  });
});

describe('width', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['😀', 2],
    ['', 0],
  ])('of %j is %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('of a beginning is at most what was asked for', () => {
    fc.assert(
      fc.property(anyText, fc.nat(100), (text, width) => {
        const shown = visible(text);
        const taken = takeWidth(shown, width);
        expect(displayWidth(taken)).toBeLessThanOrEqual(width);
        expect(shown.startsWith(taken)).toBe(true);
      }),
    );
  });
});
