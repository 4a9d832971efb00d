import type { Range, TextEdit } from '../../words/text';
import type { Value } from '../edit';
import type { Plain } from '../tree';

/**
 * What a file writes for one experiment: a list of keys and values with their places. YAML mappings, flags of a shell
 * command and keyword arguments of a Python call all become this, so that one table of a trainer serves them.
 */
export interface Entries {
  readonly all: readonly Entry[];
  /** Whether there may be more keys than are written here, so that the absence of one proves nothing. */
  readonly mayHaveMore?: boolean;
  /** Whether a script between takes the keys and may call them otherwise than the trainer. */
  readonly isHandedOn?: boolean;
  /** Whether these are flags of a command line. */
  readonly areFlags?: boolean;
  /** Whether the reference is named where these settings are used, which is not in the file. */
  readonly lacksTrainer?: boolean;
  /** Training processes on one machine, where the command that starts them says so. */
  readonly processes?: number | undefined;
  /** What is written for a key; a key of a section is dotted, such as `loss.beta`. */
  find(key: string): Entry | undefined;
  /** Edits that write a value in place, or add the key. Undefined where there is no safe place. */
  set(key: string, value: Value): TextEdit[] | undefined;
  remove(key: string): TextEdit[] | undefined;
  /** Edits that give an entry another key of the same section and leave its value alone. */
  rename(key: string, to: string): TextEdit[] | undefined;
  /** The place of what is not written: the closest section, else the first key. */
  placeOf(key: string): Range;
}

export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  /** Written in a file that this one builds upon; the places here are those of the closest section. */
  readonly inherited?: true;
  /** The place of the value; of the key where nothing is written. */
  readonly range: Range;
  /** Undefined where the value is known only when the script runs, such as `$1`. */
  readonly value: Plain | undefined;
  /** The value as the file has it. */
  readonly text: string;
  /** The places of a list's items. */
  readonly itemRanges: readonly Range[];
}
