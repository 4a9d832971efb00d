import type { TextEdit } from '../../words/text';
import type { Value } from '../edit';
import type { PythonCall, PythonKeyword } from './call';

/** A value as Python writes it. */
export function pythonLiteral(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => pythonLiteral(item)).join(', ')}]`;
  return typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3
    ? value.toExponential()
    : String(value);
}

/** Edits that add an argument to a call, behind the last one, on a line of its own where others have one. */
export function addKeyword(text: string, call: PythonCall, name: string, value: Value): TextEdit[] {
  const added = `${name}=${pythonLiteral(value)}`;
  const { start, end } = call.listRange;
  const inner = text.slice(start + 1, end - 1);
  const last = lastArgument(call);
  if (!last)
    return [{ range: { start: start + 1, end: end - 1 }, newText: added + (inner.trim() ? inner : '') }];
  const lineStart = text.lastIndexOf('\n', last.start) + 1;
  const before = text.slice(lineStart, last.start);
  const onOwnLine = lineStart > start && before.trim() === '';
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = onOwnLine ? `${lineBreak}${before}` : ' ';
  const comma = /^\s*,/.exec(text.slice(last.end, end - 1));
  const at = last.end + (comma ? comma[0].length : 0);
  const hasNext = call.hasMore && text.slice(at, end - 1).trim() !== '';
  const newText = comma ? `${separator}${added}${onOwnLine || hasNext ? ',' : ''}` : `,${separator}${added}`;
  return [{ range: { start: at, end: at }, newText }];
}

/** Edits that take an argument out, with its comma, and with its line where it has one of its own. */
export function removeKeyword(text: string, call: PythonCall, { wholeRange }: PythonKeyword): TextEdit[] {
  const { start, end } = wholeRange;
  const listEnd = call.listRange.end - 1;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const comma = /^[ \t]*,[ \t]*/.exec(text.slice(end, listEnd))?.[0] ?? '';
  const behind = /^(#[^\n]*)?\r?\n/.exec(text.slice(end + comma.length));
  if (lineStart > call.listRange.start && text.slice(lineStart, start).trim() === '' && behind) {
    return [{ range: { start: lineStart, end: end + comma.length + behind[0].length }, newText: '' }];
  }
  if (comma) return [{ range: { start, end: end + comma.length }, newText: '' }];
  const before = /,\s*$/.exec(text.slice(call.listRange.start, start))?.[0].length ?? 0;
  return [{ range: { start: start - before, end }, newText: '' }];
}

function lastArgument({ positional, keywords }: PythonCall): { start: number; end: number } | undefined {
  const ranges = [...positional.map(({ range }) => range), ...keywords.map(({ wholeRange }) => wholeRange)];
  return ranges.reduce<{ start: number; end: number } | undefined>(
    (last, range) => (last && last.end > range.end ? last : range),
    undefined,
  );
}
