import type { OptionPath } from '../config';
import { showNumber, showValue } from '../describe';
import type { Plain } from '../tree';
import type { PlainMap } from './emit-yaml';
import type { ConversionNote, NoteKind } from './notes';

/** One training between two files: what its file decides, in the words of the option table. */
export class Recipe {
  /** What the file says, and what its trainer does without the key where our default is another. */
  readonly values = new Map<OptionPath, Plain>();
  /** How the file spells what it says. */
  readonly keys = new Map<OptionPath, string>();
  /** What only running a script decides, and values that the option table has no word for, as they are written. */
  readonly undecided = new Map<OptionPath, string>();
  /** Keys that the option table has no option for, by the dialect that reads them. */
  readonly kept: { [dialect: string]: PlainMap } = {};
  readonly notes: ConversionNote[] = [];

  /** Keys whose meaning is part of the values above. */
  readonly understood = new Set<string>();

  constructor(
    /** The dialect of the file, such as `llamafactory`. */
    readonly dialect: string,
    /** In messages: `LLaMA-Factory 0.9.5`. */
    readonly trainer: string,
  ) {}

  note(kind: NoteKind, text: string): void {
    this.notes.push({ kind, text });
  }

  text(path: OptionPath): string | undefined {
    const value = this.values.get(path);
    return typeof value === 'string' ? value : undefined;
  }

  number(path: OptionPath): number | undefined {
    const value = this.values.get(path);
    return typeof value === 'number' ? value : undefined;
  }

  /** Takes a value out whose meaning here is another one than the option's. */
  forget(path: OptionPath): Plain | undefined {
    const value = this.values.get(path);
    this.values.delete(path);
    return value;
  }
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A value in a sentence. */
export function shown(value: unknown): string {
  return typeof value === 'number' ? showNumber(value) : showValue(value);
}
