import type { Range, TextEdit } from '../words/text';

/** Where each character of a text starts and ends in the file that holds it. */
export interface Places {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Text that a file holds within a string: without the string's escapes, so its offsets are not the file's. */
export class PlacedText {
  constructor(
    readonly text: string,
    /** Absent: the text is the file's own. */
    protected readonly places?: Places,
  ) {}

  /** Whether it is the text of a string. */
  get isNested(): boolean {
    return this.places !== undefined;
  }

  /** The range in the file. */
  range(start: number, end: number): Range {
    if (!this.places) return { start, end };
    return { start: this.start(start), end: end > start ? this.end(end) : this.start(start) };
  }

  protected start(offset: number): number {
    if (!this.places) return offset;
    return this.places.starts[offset] ?? this.places.ends.at(-1) ?? 0;
  }

  protected end(offset: number): number {
    return this.places ? (this.places.ends[offset - 1] ?? this.start(offset)) : offset;
  }
}

/** Edits of the text as edits of a file that holds it in a JSON string. */
export function jsonStringEdits(placed: PlacedText, edits: readonly TextEdit[]): TextEdit[] {
  if (!placed.isNested) return [...edits];
  return edits.map(({ range, newText }) => ({
    range: placed.range(range.start, range.end),
    newText: JSON.stringify(newText).slice(1, -1),
  }));
}
