/** A pattern ready to be matched, or why it cannot be used, as the end of a sentence that begins with the pattern. */
export type CompiledPattern = { readonly pattern: RegExp } | { readonly problem: string };

const LONGEST = 4000;
/** `\s`, the same in every language: as Python's `re` reads it with `re.ASCII`. */
const SPACE = ' \\t\\n\\r\\f\\v';
/** Letters that mean the same after a backslash in JavaScript and in Python. */
const COMMON_ESCAPES = /^[dDwWsSbBnrtfv]$/;
/** One element of a pattern after the other. */
const ELEMENT = /\\.|\[\^?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\??|\)|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;

interface Group {
  /** Whether it can match one text in several ways: it holds an alternative, or something optional or repeated. */
  varies: boolean;
}

/**
 * Compiles a regular expression of the syntax that `docs/JUDGE.md` describes: what JavaScript and Python have in common, with
 * one meaning. Repetitions of what is itself variable are refused, because matching them can take forever.
 *
 * @returns a global pattern for the Unicode characters of a text
 */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > LONGEST) return { problem: `is longer than ${LONGEST} characters` };
  const groups: Group[] = [{ varies: false }];
  /** The group that the element before closed. */
  let closed: Group | undefined;
  let translated = '';
  for (const [element] of source.matchAll(ELEMENT)) {
    const justClosed = closed;
    closed = undefined;
    const group = groups.at(-1) ?? { varies: false };
    const quantifier = quantifierOf(element);
    if (quantifier?.repeats && justClosed?.varies) {
      return {
        problem: `repeats a group that has an alternative or a repetition in it (${element}), which can take forever. Write the repetition once`,
      };
    }
    if (quantifier?.varies || element === '|') group.varies = true;
    if (element === '(?') {
      return { problem: 'has a group of a kind other than (...), (?:...), (?=...) and (?!...)' };
    }
    if (element.startsWith('(')) groups.push({ varies: false });
    if (element === ')' && groups.length > 1) {
      closed = groups.pop();
      const outer = groups.at(-1);
      if (outer && closed?.varies) outer.varies = true;
    }
    const plain = translate(element);
    if (typeof plain !== 'string') return plain;
    translated += plain;
  }
  try {
    return { pattern: new RegExp(translated, 'gu') };
  } catch (error) {
    return { problem: `is not valid: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function quantifierOf(element: string): { readonly repeats: boolean; readonly varies: boolean } | undefined {
  if (!/^(?:[*+?]|\{\d)/.test(element)) return undefined;
  return { repeats: !element.startsWith('?'), varies: !/^\{\d+\}/.test(element) };
}

/** An element in JavaScript, or why it cannot be used. */
function translate(element: string): string | { readonly problem: string } {
  if (element.startsWith('\\')) return translateEscape(element);
  if (element.length > 1 && element.startsWith('[')) return translateClass(element);
  if (element === '.') return '[^\\n]';
  // In Python, $ also stands before a line break at the end; here only the end itself is meant.
  if (element === '$') return '(?![^])';
  return element;
}

function translateEscape(sequence: string): string | { readonly problem: string } {
  const character = sequence.slice(1);
  if (/[A-Za-z0-9]/.test(character) && !COMMON_ESCAPES.test(character)) {
    return { problem: `uses ${sequence}, which is no part of the syntax of judges` };
  }
  if (character === 's') return `[${SPACE}]`;
  return character === 'S' ? `[^${SPACE}]` : sequence;
}

function translateClass(written: string): string | { readonly problem: string } {
  const inside = written.slice(written.startsWith('[^') ? 2 : 1, -1);
  if (inside === '') return { problem: `has an empty class, ${written}` };
  for (const [sequence] of inside.matchAll(/\\./gsu)) {
    if (/[SbB]$/.test(sequence)) return { problem: `uses ${sequence} in a class` };
    const plain = translateEscape(sequence);
    if (typeof plain !== 'string') return plain;
  }
  return written.replaceAll(/\\./gsu, (sequence) => (sequence === '\\s' ? SPACE : sequence));
}
