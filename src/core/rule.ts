import type { OptionPath } from './config/config';
import type { Experiment } from './config/experiment';
import type { Facts } from './facts';
import type { Severity } from './problem';
import type { Range, TextEdit } from './words/text';

/** What `dpo-lab explain`, the editor's evidence page and docs/RULES.md say about a code. */
export interface RuleEntry {
  readonly code: string;
  /** A few words, no full stop. */
  readonly title: string;
  readonly severity: Severity;
  /** When the rule speaks, in one sentence. */
  readonly when: string;
  /** Why it matters, in Markdown. */
  readonly why: string;
  /** What to do, in Markdown. */
  readonly todo: string;
  /** Where the knowledge comes from: paper tables, public threads, measurements. */
  readonly evidence: readonly string[];
}

/** One thing to check. A rule sees the experiment, never the text, so it serves every dialect. */
export interface Rule extends RuleEntry {
  check(experiment: Experiment, facts: Facts): Iterable<Finding>;
}

export interface Finding {
  /** The setting it is about; the problem stands at its value. */
  readonly at: OptionPath;
  /** The trainer's own key that it is about, where no option stands for that; the problem stands at its value. */
  readonly key?: string;
  /** A more exact place, such as one item of a list. */
  readonly range?: Range;
  /** One to three sentences: what is wrong and why, with a number where there is one. */
  readonly message: string;
  /** Only where it differs from the rule's own. */
  readonly severity?: Severity;
  readonly fixes?: readonly FixProposal[];
}

/** `edits` is undefined where the text gives no safe place; such a fix is not offered. */
export interface FixProposal {
  readonly title: string;
  readonly edits: readonly TextEdit[] | undefined;
}
