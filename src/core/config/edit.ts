import { stringify } from 'yaml';
import type { TextEdit } from '../words/text';
import { type Entry, entryOf, type Format, type MapNode, type Node } from './tree';

/** A config's text with its tree: what is needed to change one setting and leave every other character alone. */
export interface EditableText {
  readonly text: string;
  readonly format: Format;
  readonly root: Node | undefined;
}

export type Value = string | number | boolean | readonly (string | number)[];

/** Writes a value at a path, adding sections as needed. Undefined where something else than a section is in the way. */
export function setValue(
  source: EditableText,
  path: readonly string[],
  value: Value,
): TextEdit[] | undefined {
  const { text, root } = source;
  const eol = lineBreak(text);
  if (!root) {
    if (source.format === 'json') return undefined;
    const separator = text === '' || /[\r\n]$/.test(text) ? '' : eol;
    return [insert(text.length, separator + nested(path, value, '', eol) + eol)];
  }
  let node: Node = root;
  for (const [depth, key] of path.entries()) {
    if (node.kind !== 'map') return undefined;
    const entry: Entry | undefined = node.entries.find(
      (candidate) => candidate.key === key && !candidate.merged,
    );
    if (!entry) return insertEntry(source, node, path.slice(depth), value);
    if (depth === path.length - 1) return replaceValue(source, entry, value);
    if (source.format === 'yaml' && entry.value.kind === 'scalar' && entry.value.value === null) {
      return fillEmptySection(text, entry, path.slice(depth + 1), value);
    }
    node = entry.value;
  }
  return undefined;
}

/** Takes an entry out, with its line in YAML. Undefined where it is not written at this path. */
export function removeEntry(source: EditableText, path: readonly string[]): TextEdit[] | undefined {
  const { text, root } = source;
  const parent = path.length > 1 ? findEntry(root, path.slice(0, -1))?.value : root;
  const entry = findEntry(root, path);
  if (!entry || parent?.kind !== 'map') return undefined;
  // An emptied section is taken out as well.
  if (parent.entries.length === 1 && path.length > 1) return removeEntry(source, path.slice(0, -1));
  if (parent.style === 'flow') return removeFromFlow(parent, entry);
  const start = startOfLine(text, entry.keyRange.start);
  if (text.slice(start, entry.keyRange.start).trim() !== '') return undefined;
  const written = text.slice(entry.range.start, entry.range.end).trimEnd();
  let end = endOfLine(
    text,
    entry.range.start + Math.max(written.length, entry.keyRange.end - entry.range.start),
  );
  if (text.startsWith('\r\n', end)) end += 2;
  else if (end < text.length) end += 1;
  return [{ range: { start, end }, newText: '' }];
}

/** The value as it is written in a YAML file, on one line. */
export function yamlValue(value: Value): string {
  if (typeof value === 'number') return yamlNumber(value);
  if (typeof value === 'string')
    return stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();
  if (typeof value === 'boolean') return String(value);
  return `[${value.map((item) => flowItem(item)).join(', ')}]`;
}

/** YAML 1.1 readers such as PyYAML take 5e-7 for text; 5.0e-7 is a number for all. */
function yamlNumber(value: number): string {
  const small = value !== 0 && Math.abs(value) < 1e-3;
  const plain = small ? value.toExponential() : String(value);
  return /^-?\d+e/.test(plain) ? plain.replace('e', '.0e') : plain;
}

function flowItem(item: string | number): string {
  const written = yamlValue(item);
  return typeof item === 'string' && /[,[\]{}]/.test(written) && !/^["']/.test(written)
    ? JSON.stringify(item)
    : written;
}

function findEntry(root: Node | undefined, path: readonly string[]): Entry | undefined {
  let node = root;
  let entry: Entry | undefined;
  for (const key of path) {
    entry = entryOf(node, key);
    if (!entry || entry.merged) return undefined;
    node = entry.value;
  }
  return entry;
}

function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function replaceValue({ text, format }: EditableText, entry: Entry, value: Value): TextEdit[] | undefined {
  const written = format === 'json' ? JSON.stringify(value) : yamlValue(value);
  const { range } = entry.value;
  if (range.end > range.start && range.start >= entry.keyRange.end) {
    // A block list or map ends after its last item; the line break behind it stays.
    const end = range.start + text.slice(range.start, range.end).trimEnd().length;
    const onKeyLine = !/[\r\n]/.test(text.slice(entry.keyRange.end, range.start));
    const start = onKeyLine ? range.start : colonAfter(text, entry) + 1;
    return [{ range: { start, end }, newText: (onKeyLine ? '' : ' ') + written }];
  }
  const colon = colonAfter(text, entry);
  return colon === -1 ? undefined : [insert(colon + 1, ` ${written}`)];
}

function fillEmptySection(
  text: string,
  entry: Entry,
  rest: readonly string[],
  value: Value,
): TextEdit[] | undefined {
  const colon = colonAfter(text, entry);
  if (colon === -1) return undefined;
  const lineEnd = endOfLine(text, colon);
  const indent = `${indentOf(text, entry.keyRange.start)}  `;
  return [insert(lineEnd, lineBreak(text) + nested(rest, value, indent, lineBreak(text)))];
}

function insertEntry(
  source: EditableText,
  map: MapNode,
  rest: readonly string[],
  value: Value,
): TextEdit[] | undefined {
  const { text, format } = source;
  const own = map.entries.filter((entry) => !entry.merged);
  const last = own.reduce<Entry | undefined>(
    (end, entry) => (end && end.range.end > entry.range.end ? end : entry),
    undefined,
  );
  const first = own[0];
  if (map.style === 'flow') {
    const written = format === 'json' ? jsonNested(rest, value) : flowNested(rest, value);
    if (!last) return [insert(map.range.start + 1, ` ${written} `)];
    const lineStart = startOfLine(text, last.keyRange.start);
    const ownLine = text.slice(lineStart, last.keyRange.start).trim() === '' && lineStart > 0;
    const separator = ownLine ? lineBreak(text) + text.slice(lineStart, last.keyRange.start) : ' ';
    return [insert(last.range.end, `,${separator}${written}`)];
  }
  if (!last || !first) return undefined;
  const indent = indentOf(text, first.keyRange.start);
  if (indent.length !== first.keyRange.start - startOfLine(text, first.keyRange.start)) return undefined;
  const eol = lineBreak(text);
  const end = last.range.start + text.slice(last.range.start, last.range.end).trimEnd().length;
  const at = endOfLine(text, Math.max(end, last.keyRange.end));
  return [insert(at, eol + nested(rest, value, indent, eol))];
}

function removeFromFlow(map: MapNode, entry: Entry): TextEdit[] {
  const index = map.entries.indexOf(entry);
  const next = map.entries[index + 1];
  const previous = map.entries[index - 1];
  if (next) return [{ range: { start: entry.range.start, end: next.range.start }, newText: '' }];
  const start = previous ? previous.range.end : entry.range.start;
  return [{ range: { start, end: entry.range.end }, newText: '' }];
}

function nested(path: readonly string[], value: Value, indent: string, eol: string): string {
  return path
    .map(
      (key, depth) =>
        `${indent}${'  '.repeat(depth)}${key}:${depth === path.length - 1 ? ` ${yamlValue(value)}` : ''}`,
    )
    .join(eol);
}

function flowNested(path: readonly string[], value: Value): string {
  const [key, ...rest] = path;
  return `${key}: ${rest.length ? `{ ${flowNested(rest, value)} }` : yamlValue(value)}`;
}

function jsonNested(path: readonly string[], value: Value): string {
  const [key, ...rest] = path;
  return `${JSON.stringify(key)}: ${rest.length ? `{ ${jsonNested(rest, value)} }` : JSON.stringify(value)}`;
}

function insert(at: number, newText: string): TextEdit {
  return { range: { start: at, end: at }, newText };
}

function colonAfter(text: string, entry: Entry): number {
  return text.indexOf(':', entry.keyRange.end);
}

function startOfLine(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

function endOfLine(text: string, offset: number): number {
  const found = text.slice(offset).search(/[\r\n]/);
  return found === -1 ? text.length : offset + found;
}

function indentOf(text: string, offset: number): string {
  const start = startOfLine(text, offset);
  return /^[ \uFEFF]*/.exec(text.slice(start, offset))?.[0].replace('\uFEFF', '') ?? '';
}
