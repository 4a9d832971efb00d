/** Numbers that depend on a seed alone, so that a case can be made again from its number. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995;
  }

  /** From 0 up to but not `limit`. Mulberry32, by Tommy Ettinger, in the public domain. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

/** What stands in files of attackers and of broken programs. */
const STRANGE: readonly string[] = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\0',
    '\u001b[2J',
    '\u202e',
    '\ud800',
    '\ufeff',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    "'",
  ],
  ...[
    '../../../x',
    '/etc/passwd',
    '~',
    'C:\\x',
    '\\\\host\\share',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'true',
  ],
  ...[
    'NaN',
    '.inf',
    '-0',
    '1e999',
    '-1',
    '9007199254740993',
    '0x1f',
    '5e-7',
    '[]',
    '{}',
    '[[[[[[[[',
    '&a',
    '*a',
    '<<: *a',
  ],
  ...[
    '!!binary x',
    '!!js/function x',
    '---',
    '...',
    '# ',
    '| ',
    '> ',
    '? ',
    '- ',
    '%YAML 1.1',
    'a: &b [*b]',
    '1',
    '2',
  ],
];

/** A text with one to four changes. */
export function mutated(text: string, chance: Chance): string {
  let result = text;
  for (let changes = 1 + chance.below(4); changes > 0; changes--) result = change(result, chance);
  return result;
}

function change(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const end = Math.min(text.length, at + chance.below(chance.of([2, 10, 80])));
  switch (chance.below(7)) {
    case 0:
      return text.slice(0, at) + chance.of(STRANGE) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, at) + String.fromCharCode(chance.below(0xffff)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + text.slice(at, end).repeat(chance.of([2, 3, 50])) + text.slice(end);
    case 4:
      return withValue(text, chance);
    case 5:
      return swapped(text, chance);
    default:
      return text.slice(0, at);
  }
}

/** Another value behind a colon. */
function withValue(text: string, chance: Chance): string {
  const colons = [...text.matchAll(/:[ \t]*/g)];
  if (colons.length === 0) return text;
  const colon = chance.of(colons);
  const start = colon.index + colon[0].length;
  const end = /[\n,}]/.exec(text.slice(start))?.index ?? 0;
  return text.slice(0, start) + chance.of(STRANGE) + text.slice(start + end);
}

function swapped(text: string, chance: Chance): string {
  const lines = text.split('\n');
  const [a, b] = [chance.below(lines.length), chance.below(lines.length)];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
}
