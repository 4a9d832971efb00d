/** Python's white space. JavaScript's `\s` has no \x1c to \x1f and no \x85, but has U+FEFF. */
export const SPACE =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

/** Where Python's splitlines and the filter `indent` break lines. */
const BREAK = '\\r\\n|[\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]';
export const LINE_BREAK = new RegExp(BREAK, 'u');

const ONE_SPACE = new RegExp(SPACE, 'u');
const LEADING_SPACES = new RegExp(`^${SPACE}+`, 'u');

export function trimStart(text: string): string {
  return text.replace(LEADING_SPACES, '');
}

/** From the end: a pattern would try each space of the text, and take quadratic time. */
export function trimEnd(text: string): string {
  return text.slice(0, lastOther(text) + 1);
}

function lastOther(text: string): number {
  let at = text.length - 1;
  while (at >= 0 && ONE_SPACE.test(text.charAt(at))) at--;
  return at;
}

/** Where the last white space is; -1 where there is none. */
export function lastSpace(text: string): number {
  let at = text.length - 1;
  while (at >= 0 && !ONE_SPACE.test(text.charAt(at))) at--;
  return at;
}
