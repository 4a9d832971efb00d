import type { Conversion } from '../config/convert/convert';
import { listNotes } from '../config/convert/notes';

/** A conversion to look at before it is written: what became of each setting, and the new file. */
export function conversionPage({ text, notes }: Conversion, from: string, to: string): string {
  const count = (kind: string): number => notes.filter((note) => note.kind === kind).length;
  return [
    `# ${from} for ${to}`,
    `${count('carried')} carried, ${count('changed')} became something else, ${count('lost')} lost, ${count('undecided')} not decided by the file.`,
    listNotes(notes, (words) => `## ${words}\n`),
    '## The new file',
    `${fenceFor(text)}yaml\n${text.trimEnd()}\n${fenceFor(text)}`,
  ].join('\n\n');
}

/** Longer than each run of back quotes in the text. */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([quotes]) => quotes.length));
  return '`'.repeat(longest + 1);
}
