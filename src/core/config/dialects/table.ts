import type { OptionPath } from '../config';
import type { Value } from '../edit';
import type { Plain } from '../tree';

/** One trainer's configs as data: reading, completion, hovers, rules, conversion and docs come from these tables. */
export interface TrainerTable {
  /** The name of the dialect, such as `alignment-handbook`. */
  readonly id: string;
  /** The program in messages, such as `TRL`. */
  readonly trainer: string;
  /** How training is started; `FILE` stands for the config. */
  readonly launch: string;
  /** Python packages whose versions decide which keys exist, with the newest one that this table knows; the first is the trainer. */
  readonly packages: Readonly<Record<string, string>>;
  /** Versions that follow from those of other packages, where their own are not known. */
  impliedVersions?(known: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Our options as this trainer spells them. An option that is not here cannot be written in its files. */
  readonly rows: Rows;
  /** Every other key that the trainer knows, separated by spaces; undefined where unknown keys are not judged. */
  readonly known?: string;
  /** Whether a file's keys are this trainer's alone, so that unknown ones can be judged; by default they are. */
  readonly isPlain?: (file: Reader) => boolean;
  readonly unknownKeys: 'rejected' | 'ignored';
  /** Keys that came, went or lost their meaning with a version. */
  readonly changes: readonly KeyChange[];
  readonly losses: readonly string[];
  smoothedLosses(version: (packageName: string) => string): readonly string[];
  /** Whether variables are filled in before training, as in scripts and by Hydra. */
  readonly substitutesVariables?: true;
  readonly logs: readonly string[];
  reference(file: Reader): EffectiveReference;
}

export type Rows = Partial<Record<OptionPath, Row>>;

export interface Row {
  /** Spellings, the present one first; a key within a section is dotted. */
  readonly keys: readonly string[];
  /** What the trainer does without the key, in the words of the option table. */
  readonly default?: Plain;
  /** The trainer's words, and ours for them. */
  readonly words?: Readonly<Record<string, string>>;
  /** The value in the words of the option table. Undefined: this key says nothing about the option. */
  readonly read?: (written: Plain, key: string, file: Reader) => Plain | undefined;
  /** The value as this trainer writes it under its first key. */
  readonly write?: (value: Plain) => Value | undefined;
  /** Values that the trainer takes and the option table has no word for. */
  readonly others?: readonly string[];
  /** Whether a file like this one can have the key; by default it can. */
  readonly possible?: (file: Reader) => boolean;
  /** Read, but not written by edits: several keys together decide it. */
  readonly readOnly?: true;
}

/** The written keys of one experiment. */
export interface Reader {
  /** Whether one of these keys is written with a value. */
  has(...keys: string[]): boolean;
  /** The value of the first of these keys that has one; undefined also where only running the script decides it. */
  value(...keys: string[]): Plain | undefined;
  version(packageName: string): string;
}

export interface EffectiveReference {
  /** `same`, `none`, or the model's name; undefined where the file does not decide it. */
  readonly policy: string | undefined;
  /** A sentence without a full stop. */
  readonly words: string;
}

export interface KeyChange {
  readonly code: string;
  readonly key: string;
  readonly package: string;
  /** No version has the key: users take it over from another trainer, or from a guess. */
  readonly never?: true;
  /** First version that has the key. */
  readonly since?: string;
  /** First version that no longer has it, or in which its meaning changed. */
  readonly until?: string;
  /** What happens to a file that has the key outside of these versions; by default what happens to unknown keys. */
  readonly effect?: 'rejected' | 'ignored';
  /** What to do instead: one sentence. */
  readonly instead: string;
  /** The change that repairs the file. */
  readonly fix?: KeyFix | ((value: Plain, file: Reader) => KeyFix | undefined);
  /** Only where the value makes a difference. */
  readonly when?: (value: Plain, file: Reader) => boolean;
}

export interface KeyFix {
  readonly title: string;
  /** The new name of the same value. */
  readonly rename?: string;
  readonly remove?: true;
  /** Values to write, after the key was taken out. */
  readonly set?: Readonly<Record<string, Value>>;
}
