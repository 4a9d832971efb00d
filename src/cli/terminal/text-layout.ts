/** Text on a terminal: how wide it is, and where it is broken. */

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Where Unicode has pictures of the first 32 control characters, in their order. */
const CONTROL_PICTURES = 0x2400;

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length;
  return Array.from(text).reduce((sum, character) => sum + characterWidth(character), 0);
}

function characterWidth(character: string): number {
  if (WITHOUT_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The longest beginning that fits. */
export function takeWidth(text: string, width: number): string {
  let taken = '';
  let room = width;
  for (const character of text) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken += character;
  }
  return taken;
}

/**
 * Makes characters visible that a terminal would obey: escape sequences, and marks that reorder text. A config can
 * come from anywhere, and a file's name too.
 */
export function visible(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\uFEFF]/gu, (character) =>
      character < ' ' ? String.fromCharCode(CONTROL_PICTURES + character.charCodeAt(0)) : '\uFFFD',
    );
}

/** Breaks a text into lines at its spaces. A word that is longer than a line keeps a line of its own. */
export function wrap(text: string, width: number, indent = '', firstIndent = indent): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const start = lines.length === 0 ? firstIndent : indent;
    if (line && displayWidth(`${start}${line} ${word}`) > width) {
      lines.push(start + line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  if (line) lines.push((lines.length === 0 ? firstIndent : indent) + line);
  return lines;
}

/** Wraps paragraphs and list items of Markdown each on their own; fenced code stays as it is. */
export function wrapMarkdown(markdown: string, width: number, indent = ''): string[] {
  let fenced = false;
  return markdown.split('\n').flatMap((line) => {
    if (/^\s*```/.test(line)) {
      fenced = !fenced;
      return [];
    }
    if (fenced || line.startsWith('|')) return [indent + line];
    if (line.trim() === '') return [''];
    const marker = /^\s*(?:[-*]|\d+\.) /.exec(line)?.[0] ?? '';
    return wrap(line.slice(marker.length), width, indent + ' '.repeat(marker.length), indent + marker);
  });
}
