import type { AnsweredReference } from './reference-asked';

/**
 * The files of a reference table, `references/<key>/` in the data folder: log-probabilities under a reference policy,
 * computed once and shared by every run whose key is the same, whichever trainer runs it.
 *
 * A table is complete when `meta.json` says so and `table.jsonl` has a row for each of its `pairs`. Lines that hold no
 * row, such as one that a killed program left unfinished, are passed over; rows of one pair that are there twice agree.
 */

/** Raised when an older reader would misunderstand a newer file. */
export const REFERENCE_FORMAT = 2;

export const REFERENCE_FILES = { meta: 'meta.json', table: 'table.jsonl', lock: 'lock' } as const;

/**
 * What a table depends on. Its key is the SHA-256, in lowercase hexadecimal, of this object as JSON in UTF-8: keys in
 * alphabetical order, no spaces, characters beyond ASCII as they are, null for what is not set. In Python:
 *
 *     hashlib.sha256(json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
 */
export interface ReferenceIngredients {
  /** Of the reference model: its adapter as the config names it. */
  readonly adapter: string | null;
  readonly dtype: string;
  /** Id of the end-of-sequence token, whose log-probability is in the table, too. */
  readonly end_token: number;
  /** The identity of the opened reference model: of its weights and its config. */
  readonly model: string;
  readonly score: 'conditional' | 'prior';
  /**
   * What was tokenized. Hex SHA-256 of a line for each pair, to train on and held out, each once, sorted, joined by a line
   * feed: the id of the pair, a space, and the hex SHA-256 of unsigned 32-bit little-endian numbers: for the chosen, then
   * the rejected response, tokens of the prompt, tokens in all, and the tokens, as the reference sees them.
   */
  readonly tokens: string;
}

/** `meta.json`: replaced as a whole. */
export interface ReferenceMeta {
  readonly format: number;
  readonly key: string;
  readonly ingredients: ReferenceIngredients;
  /** The reference policy as the config named it that asked first. */
  readonly policy: string;
  readonly score: 'conditional' | 'prior';
  /** What configs asked that were answered with this table, the last one last; absent in tables of before. */
  readonly asked?: readonly AnsweredReference[];
  /** Rows of the finished table. */
  readonly pairs: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly complete: boolean;
}

/** A line of `table.jsonl`. Log-probabilities are natural logarithms in float64, written so that they read back the same. */
export interface ReferenceRow {
  /** Id of the pair: SHA-256 of its prompt, chosen and rejected. */
  readonly pair: string;
  /** log p of the chosen response, summed over its tokens, in nats. */
  readonly chosen: number;
  readonly rejected: number;
  /** Response tokens under the reference's tokenizer, the end-of-sequence token included. */
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
  /** log p of the end-of-sequence token after the chosen response, in nats. */
  readonly chosenEos: number;
  readonly rejectedEos: number;
}
