import { type Node as JsonNode, parseTree } from 'jsonc-parser';
import { PlacedText } from '../placed-text';

/** Larger notebooks hold outputs, such as pictures, that take long to read; they are read all the same up to here. */
const MAX_CHARACTERS = 20_000_000;

/**
 * The Python of a notebook, its code cells one after another, each character with its place in the file. Undefined
 * for text that is no notebook of Python.
 */
export function notebookCode(text: string): PlacedText | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const root = parseTree(text);
  const cells = root && valueAt(root, 'cells');
  if (cells?.type !== 'array') return undefined;
  const code: PlacedCode = { text: '', starts: [], ends: [] };
  for (const cell of cells.children ?? []) {
    if (valueAt(cell, 'cell_type')?.value !== 'code') continue;
    const source = valueAt(cell, 'source');
    const lines = source?.type === 'array' ? (source.children ?? []) : source ? [source] : [];
    for (const line of lines) if (line.type === 'string') append(code, text, line);
    end(code);
  }
  return new PlacedText(code.text, code);
}

interface PlacedCode {
  text: string;
  readonly starts: number[];
  readonly ends: number[];
}

function valueAt(node: JsonNode, key: string): JsonNode | undefined {
  if (node.type !== 'object') return undefined;
  return node.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

/** A JSON string's characters, each at its escape. */
function append(code: PlacedCode, text: string, { offset, length }: JsonNode): void {
  const last = offset + length - 1;
  for (let at = offset + 1; at < last; ) {
    const width = text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
    const written = text.slice(at, at + width);
    code.text += width === 1 ? written : unescaped(written);
    code.starts.push(at);
    code.ends.push(Math.min(at + width, last));
    at += width;
  }
}

/** One character of a JSON string; a broken escape stands for a space. */
function unescaped(written: string): string {
  const simple: Record<string, string> = {
    n: '\n',
    t: '\t',
    r: '\r',
    b: '\b',
    f: '\f',
    '"': '"',
    '\\': '\\',
    '/': '/',
  };
  const letter = written[1] ?? '';
  if (letter !== 'u') return simple[letter] ?? ' ';
  return /^\\u[\da-fA-F]{4}$/.test(written)
    ? String.fromCharCode(Number.parseInt(written.slice(2), 16))
    : ' ';
}

/** Cells end with a line break, which the file does not have. */
function end(code: PlacedCode): void {
  const place = code.ends.at(-1) ?? 0;
  code.text += '\n';
  code.starts.push(place);
  code.ends.push(place);
}
