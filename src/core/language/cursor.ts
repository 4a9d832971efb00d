import { getLocation } from 'jsonc-parser';
import type { Format } from '../config/tree';
import { LineIndex, type Range } from '../words/text';

/** Where the cursor stands, found without a whole parse: a line that is being typed is rarely valid yet. */
export type Cursor =
  | {
      readonly at: 'key';
      readonly section: readonly string[];
      readonly range: Range;
      readonly flow: boolean;
      readonly indent: string;
    }
  | {
      readonly at: 'value' | 'item';
      readonly path: readonly string[];
      readonly range: Range;
      readonly quoted: boolean;
    };

export function cursorAt(text: string, offset: number, format: Format): Cursor | undefined {
  return format === 'json' ? jsonCursor(text, offset) : yamlCursor(text, offset);
}

function jsonCursor(text: string, offset: number): Cursor | undefined {
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const inside =
    previousNode && previousNode.offset <= offset && offset <= previousNode.offset + previousNode.length;
  const range = inside
    ? { start: previousNode.offset, end: previousNode.offset + previousNode.length }
    : { start: offset, end: offset };
  const keys = path.filter((part): part is string => typeof part === 'string');
  if (isAtPropertyKey) return { at: 'key', section: keys.slice(0, -1), range, flow: true, indent: '' };
  const item = typeof path.at(-1) === 'number';
  return keys.length ? { at: item ? 'item' : 'value', path: keys, range, quoted: true } : undefined;
}

const KEY_START = /^( *)([\w.-]*)$/;
const KEY_VALUE = /^( *)(?:- )?(["']?)([\w.-]+)\2:[ \t]+(.*)$/;
const LIST_ITEM = /^( *)- +(.*)$/;

function yamlCursor(text: string, offset: number): Cursor | undefined {
  const lines = new LineIndex(text);
  const { line, column } = lines.position(offset);
  const whole = lines.line(line);
  const before = whole.slice(0, column);
  if (/(^|\s)#/.test(before)) return undefined;
  const lineStart = lines.lineRange(line).start;

  const key = KEY_START.exec(before);
  if (key) {
    const [, indent = '', word = ''] = key;
    const rest = /^[\w.-]*/.exec(whole.slice(column))?.[0].length ?? 0;
    const range = { start: offset - word.length, end: offset + rest };
    return { at: 'key', section: pathAbove(lines, line, indent.length), range, flow: false, indent };
  }
  const pair = KEY_VALUE.exec(before);
  if (pair) {
    const [, indent = '', , name = '', typed = ''] = pair;
    const path = [...pathAbove(lines, line, indent.length), name];
    const valueStart = lineStart + before.length - typed.length;
    return valueCursor(text, offset, path, valueStart);
  }
  const item = LIST_ITEM.exec(before);
  if (item) {
    const [, indent = '', typed = ''] = item;
    // A list may stand in the column of its key.
    const path = pathAbove(lines, line, indent.length + 1);
    return {
      at: 'item',
      path,
      range: tokenRange(text, offset - typed.length, offset, /[#\r\n]/),
      quoted: false,
    };
  }
  return undefined;
}

/** After `key: `, where the value may be a flow list or map that is still open. */
function valueCursor(
  text: string,
  offset: number,
  path: readonly string[],
  valueStart: number,
): Cursor | undefined {
  const typed = text.slice(valueStart, offset);
  if (!/^[[{]/.test(typed)) {
    return { at: 'value', path, range: tokenRange(text, valueStart, offset, /#|[\r\n]/), quoted: false };
  }
  const open: string[] = [...path];
  let last = 0;
  let kind: 'map' | 'list' = 'list';
  for (const [index, character] of [...typed].entries()) {
    if (character === '{' || character === '[') kind = character === '{' ? 'map' : 'list';
    if (/[{[,]/.test(character)) {
      last = index + 1;
      if (character === ',' && kind === 'map' && open.length > path.length) open.pop();
    }
    if (character === ':' && kind === 'map') {
      open.push(typed.slice(last, index).trim());
      last = index + 1;
    }
    if (character === '}' || character === ']') return undefined;
  }
  const start = valueStart + last + (/^ */.exec(typed.slice(last))?.[0].length ?? 0);
  const range = tokenRange(text, start, offset, /[,\]}#\r\n]/);
  const nestedKey = open.length > path.length;
  if (kind === 'map' && !nestedKey) return { at: 'key', section: path, range, flow: true, indent: '' };
  return { at: kind === 'map' ? 'value' : 'item', path: open, range, quoted: false };
}

/** From `start` to the end of the word that the cursor stands in. */
function tokenRange(text: string, start: number, offset: number, stop: RegExp): Range {
  const rest = text.slice(offset);
  const end = rest.search(stop);
  const tail = (end === -1 ? rest : rest.slice(0, end)).trimEnd();
  return { start, end: offset + tail.length };
}

/** The keys that a line with this indentation belongs to: the nearest less indented ones above it. */
function pathAbove(lines: LineIndex, line: number, indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (let above = line - 1; above >= 0 && limit > 0; above--) {
    const match = /^( *)(?:- )?(["']?)([\w.-]+)\2:(?:\s|$)/.exec(lines.line(above));
    const [, spaces = '', , key = ''] = match ?? [];
    if (!match || spaces.length >= limit) continue;
    path.unshift(key);
    limit = spaces.length;
  }
  return path;
}
