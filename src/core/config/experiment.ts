import type { Problem } from '../problem';
import type { Range, TextEdit } from '../words/text';
import type { Config, OptionPath } from './config';

/**
 * A DPO config as rules and editor features see it, whichever trainer it was written for. A dialect reads a
 * file into this shape: its own keys are mapped to the paths of our option table, and edits are mapped back.
 */
export interface Experiment {
  readonly traits: Traits;
  get<P extends OptionPath>(path: P): Setting<Config[P]>;
  /** Edits that write a value in the file's own spelling; undefined where the text gives no safe place for it. */
  set<P extends OptionPath>(path: P, value: NonNullable<Config[P]>): TextEdit[] | undefined;
  /** Edits that take a setting out of the file; undefined where it is not written in a removable way. */
  remove(path: OptionPath): TextEdit[] | undefined;
  /** What stands at an offset, in the words of the option table; undefined for keys that it does not have. */
  locate(offset: number): Located | undefined;
  /** Every text that is written anywhere in the file, with its place. */
  readonly strings: readonly WrittenString[];
}

export interface Setting<T> {
  /** What was written, or the default. */
  readonly value: T;
  /** Written in the file with a usable value. */
  readonly given: boolean;
  /** Written in the file, but not usable: another problem tells so. */
  readonly malformed: boolean;
  /** What stands there when it is malformed. */
  readonly written?: unknown;
  /** The key as this file's dialect spells it, such as `objective.beta`. */
  readonly key: string;
  /** The value where written, else the closest section, else the first key of the file. */
  readonly range: Range;
  /** The places of a list's items. */
  readonly itemRanges: readonly Range[];
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

/** What a dialect's trainer does differently, as far as rules care. */
export interface Traits {
  readonly name: string;
  /** Losses the trainer accepts. */
  readonly losses: readonly string[];
  /** Losses on which `objective.label_smoothing` has an effect. */
  readonly smoothedLosses: readonly string[];
  /** Whether text like `$BETA` is replaced before the trainer sees it. */
  readonly substitutesVariables: boolean;
  /** Whether the trainer scores a foreign reference with the reference's own tokenizer. */
  readonly foreignTokenizer: boolean;
}

/** Reads one kind of config file. */
export interface Dialect {
  readonly id: string;
  readonly name: string;
  matches(fileName: string): boolean;
  read(text: string, fileName: string): ReadExperiment;
}

export interface ReadExperiment {
  readonly experiment: Experiment;
  /** What is wrong with syntax, keys and values. */
  readonly problems: readonly Problem[];
  /** False when broken syntax hides part of the file, so that absence proves nothing. */
  readonly complete: boolean;
}
