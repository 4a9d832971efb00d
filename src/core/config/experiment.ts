import type { ReadingFacts } from '../facts';
import type { Problem } from '../problem';
import type { Range, TextEdit } from '../words/text';
import type { Config, OptionPath } from './config';
import type { Entries } from './dialects/entries';
import type { Reader } from './dialects/table';

/**
 * A DPO config as rules and editor features see it, whichever trainer it was written for. A dialect reads a
 * file into this shape: its own keys are mapped to the paths of our option table, and edits are mapped back.
 */
export interface Experiment {
  readonly trainer: TrainerProfile;
  get<P extends OptionPath>(path: P): Setting<Config[P]>;
  /** Edits that write a value in the file's own spelling; undefined where the text gives no safe place for it. */
  set<P extends OptionPath>(path: P, value: NonNullable<Config[P]>): TextEdit[] | undefined;
  /** Edits that take a setting out of the file; undefined where it is not written in a removable way. */
  remove(path: OptionPath): TextEdit[] | undefined;
  /** What stands at an offset, in the words of the option table; undefined for keys that it does not have. */
  locate(offset: number): Located | undefined;
  /** The keys that may be written in a section, dotted, or at the top level. */
  keysIn(section: string): readonly KnownKey[];
  /** The option that a key of this file decides; undefined for sections and for keys without an option. */
  optionOf(key: string): OptionPath | undefined;
  /** What the trainer does where the key is absent, in words; undefined where nothing is assumed. */
  defaultInWords(path: OptionPath): string | undefined;
  /** A value of an option as this file would have it. */
  spell(path: OptionPath, value: string): string;
  /** The file's own keys, for rules about what no option stands for; undefined for our own configs. */
  readonly own?: OwnKeys;
  /** Every text that is written anywhere in the file, with its place. */
  readonly strings: readonly WrittenString[];
}

export interface Setting<T> {
  /** What was written, or the default. */
  readonly value: T;
  /** Written in the file with a usable value. */
  readonly given: boolean;
  /** Written in the file, but not usable: another problem says so. */
  readonly malformed: boolean;
  /** What stands there when it is malformed, or when the option table has no word for it. */
  readonly written?: unknown;
  /** Written, but only running the script decides the value: `$1`, `???`. */
  readonly open?: true;
  /** False when a file of this dialect has no key for it: rules must not ask for what cannot be written. */
  readonly expressible: boolean;
  /** The key as this file's dialect spells it, such as `objective.beta`. */
  readonly key: string;
  /** The value where written, else the closest section, else the first key of the file. */
  readonly range: Range;
  /** The key where it is written in this very file. */
  readonly keyRange?: Range;
  /** The places of a list's items. */
  readonly itemRanges: readonly Range[];
}

/** The keys of another trainer's file. */
export interface OwnKeys {
  readonly entries: Entries;
  readonly file: Reader;
}

/** A key that a dialect has. */
export interface KnownKey {
  /** Without its section. */
  readonly key: string;
  /** The option or the section of our table that it stands for. */
  readonly path: string | undefined;
  readonly isSection: boolean;
}

export interface Located {
  /** An option or a section of the table, such as `objective.beta` or `objective`. */
  readonly path: string;
  readonly key: string;
  readonly part: 'key' | 'value';
  readonly range: Range;
}

export interface WrittenString {
  readonly text: string;
  readonly range: Range;
  /** Edits that take it out of the file, with its key. */
  remove(): TextEdit[] | undefined;
}

/** What is known about the program that a file is written for, as far as rules and panels care. */
export interface TrainerProfile {
  /** The dialect of the file, such as `alignment-handbook`. */
  readonly dialect: string;
  /** The program that trains, without its version: `onnx`, `TRL`. */
  readonly program: string;
  /** How it is started, such as `llamafactory-cli train FILE`. */
  readonly launch: string;
  /** In messages: `the onnx trainer`, `TRL 1.13.0`. */
  readonly name: string;
  /** The version that the file is judged with; undefined where the dialect has none. */
  readonly version: string | undefined;
  /** Python packages that decide which keys a file can have, each with the newest version that is known; the first is the trainer. */
  readonly packages: Readonly<Record<string, string>>;
  /** Versions of the trainer in which a key came or went, newest first. */
  readonly turns: readonly string[];
  /** Losses the trainer accepts, in the words of the option table. */
  readonly losses: readonly string[];
  /** Losses on which `objective.label_smoothing` has an effect. */
  readonly smoothedLosses: readonly string[];
  /** Whether text like `$BETA` is replaced before the trainer sees it. */
  readonly substitutesVariables: boolean;
  /** Whether the trainer scores another reference model with that model's own tokenizer. */
  readonly foreignTokenizer: boolean;
  /** What the reference effectively is, in words. */
  readonly reference: string;
  /** Where metrics are found: files relative to the output folder, or `stdout`. Best first. */
  readonly logs: readonly string[];
}

/** Reads one kind of config file. */
export interface Dialect {
  /** Whether a file with this name and text is one of its files. Cheap. */
  matches(fileName: string, text: string): boolean;
  read(text: string, fileName: string, facts: ReadingFacts): ReadFile;
}

export interface ReadFile {
  /** At least one; a script can start several trainings. */
  readonly experiments: readonly [Experiment, ...Experiment[]];
  /** What is wrong with syntax, keys and values. */
  readonly problems: readonly Problem[];
  /** False when broken syntax hides part of the file, so that absence proves nothing. */
  readonly complete: boolean;
}
