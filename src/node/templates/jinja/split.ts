import { TemplateError } from './errors';
import { LINE_BREAK, lastSpace, SPACE, trimEnd, trimStart } from './spaces';
import { Tuple } from './values';

const SPACES = new RegExp(`${SPACE}+`, 'u');

/** Python's str.split: without a separator, at white space of any length. */
export function split(text: string, separator: string | undefined, most: number): string[] {
  if (separator === '') throw new TemplateError('empty separator');
  const parts: string[] = [];
  let rest = separator === undefined ? trimStart(text) : text;
  while (most < 0 || parts.length < most) {
    const at = separator === undefined ? rest.search(SPACES) : rest.indexOf(separator);
    if (at < 0) break;
    parts.push(rest.slice(0, at));
    rest = separator === undefined ? trimStart(rest.slice(at)) : rest.slice(at + separator.length);
    if (most < 0 && separator !== undefined) return parts.concat(rest.split(separator));
  }
  return separator === undefined && rest === '' ? parts : [...parts, rest];
}

export function splitFromEnd(text: string, separator: string | undefined, most: number): string[] {
  if (most < 0) return split(text, separator, most);
  if (separator === '') throw new TemplateError('empty separator');
  const parts: string[] = [];
  let rest = separator === undefined ? trimEnd(text) : text;
  while (parts.length < most) {
    const at = separator === undefined ? lastSpace(rest) : rest.lastIndexOf(separator);
    if (at < 0) break;
    parts.unshift(rest.slice(at + (separator?.length ?? 1)));
    rest = separator === undefined ? trimEnd(rest.slice(0, at)) : rest.slice(0, at);
  }
  return separator === undefined && rest === '' ? parts : [rest, ...parts];
}

export function lines(text: string, keepEnds: boolean): string[] {
  const result: string[] = [];
  let rest = text;
  for (let end = LINE_BREAK.exec(rest); end; end = LINE_BREAK.exec(rest)) {
    result.push(rest.slice(0, end.index) + (keepEnds ? end[0] : ''));
    rest = rest.slice(end.index + end[0].length);
  }
  return rest === '' ? result : [...result, rest];
}

export function partition(text: string, separator: string, at: number, fromEnd = false): Tuple {
  if (separator === '') throw new TemplateError('empty separator');
  if (at < 0) return new Tuple(fromEnd ? ['', '', text] : [text, '', '']);
  return new Tuple([text.slice(0, at), separator, text.slice(at + separator.length)]);
}
