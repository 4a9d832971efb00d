/** What became of one setting of a file that was converted. */
export interface ConversionNote {
  readonly kind: NoteKind;
  /** One sentence or less, without a full stop. */
  readonly text: string;
}

/** In the order in which a list shows them. */
export const NOTE_KINDS = {
  undecided: 'Not decided by the file',
  lost: 'Lost',
  changed: 'Became something else',
  carried: 'Carried',
} as const;

export type NoteKind = keyof typeof NOTE_KINDS;

/** The notes as Markdown or plain text, by kind; a kind without notes is left out. */
export function listNotes(notes: readonly ConversionNote[], title: (words: string) => string): string {
  return Object.entries(NOTE_KINDS)
    .flatMap(([kind, words]) => {
      const lines = notes.filter((note) => note.kind === kind).map(({ text }) => `- ${text}`);
      return lines.length === 0 ? [] : [[title(words), ...lines].join('\n')];
    })
    .join('\n\n');
}
