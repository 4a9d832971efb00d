import type { Range, TextEdit } from './words/text';

/** `hint` is shown unobtrusively: a chance to do better, not a fault. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** A change of the text that removes the problem it belongs to. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Something to tell the author of a config: what, where, why, and how to mend it. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  readonly range: Range;
  readonly message: string;
  readonly fixes: readonly Fix[];
}
