import { type Checked, check, fixesOf } from '../../core/check/check';
import type { Problem } from '../../core/problem';
import { applyEdits, LineIndex } from '../../core/words/text';

export interface AppliedFix {
  readonly code: string;
  readonly title: string;
  /** Line, from 1, at the moment it was applied. */
  readonly line: number;
}

export interface Fixed {
  readonly checked: Checked;
  readonly applied: readonly AppliedFix[];
}

/** More rounds than any config needs; only a ring of fixes would go on. */
const MAX_ROUNDS = 200;

/**
 * Applies the first fix of each error and warning, one at a time, because each can move or settle the next. What is
 * only a hint is the author's choice. A text that was there before is not written again, so fixes that undo each
 * other end.
 */
export function fixProblems(start: Checked): Fixed {
  const applied: AppliedFix[] = [];
  const seen = new Set([start.text]);
  let checked = start;
  while (applied.length < MAX_ROUNDS) {
    const next = firstFix(checked, seen);
    if (!next) break;
    applied.push(next.fix);
    seen.add(next.text);
    checked = check(next.text, checked.fileName, checked.facts);
  }
  return { checked, applied };
}

function firstFix(
  checked: Checked,
  seen: ReadonlySet<string>,
): { text: string; fix: AppliedFix } | undefined {
  for (const problem of checked.problems.filter(isFixedUnasked)) {
    const fix = fixesOf(checked, problem)[0];
    if (!fix) continue;
    const text = applyEdits(checked.text, fix.edits);
    if (seen.has(text)) continue;
    const line = new LineIndex(checked.text).position(problem.range.start).line + 1;
    return { text, fix: { code: problem.code, title: fix.title, line } };
  }
  return undefined;
}

export function isFixedUnasked({ severity }: Problem): boolean {
  return severity === 'error' || severity === 'warning';
}
