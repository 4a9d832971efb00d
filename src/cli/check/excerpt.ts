import type { LineIndex, Range } from '../../core/words/text';
import type { Layout } from '../terminal/output';
import { displayWidth, takeWidth, visible } from '../terminal/text-layout';

/** Columns kept of what stands before the problem on a line that is too long. */
const BEFORE = 24;

/** The line of a problem with a line of carets below it. A problem of several lines is shown by its first. */
export function excerpt(lines: LineIndex, range: Range, { width, paint }: Layout): string[] {
  const { line, column } = lines.position(range.start);
  const source = lines.line(line);
  const { start } = lines.lineRange(line);
  const end = Math.min(Math.max(range.end - start, column), source.length);
  const number = String(line + 1);
  const gutter = `  ${number} | `;
  const room = width - gutter.length;

  const before = visible(source.slice(0, column));
  const marked = visible(source.slice(column, end));
  const after = visible(source.slice(end));
  const shownBefore =
    displayWidth(before + marked + after) > room && displayWidth(before) > BEFORE
      ? cutStart(before, BEFORE)
      : before;
  const shown = cutEnd(shownBefore + marked + after, room);
  const indent = displayWidth(shownBefore);
  const carets = '^'.repeat(Math.max(1, Math.min(displayWidth(marked), room - indent)));
  return [
    `${paint('dim', gutter)}${shown}`.trimEnd(),
    `${paint('dim', `  ${' '.repeat(number.length)} | `)}${' '.repeat(indent)}${carets}`,
  ];
}

function cutStart(text: string, width: number): string {
  const reversed = Array.from(text).reverse().join('');
  return `…${Array.from(takeWidth(reversed, width - 1))
    .reverse()
    .join('')}`;
}

function cutEnd(text: string, width: number): string {
  return displayWidth(text) <= width ? text : `${takeWidth(text, width - 1)}…`;
}
