import type { TextEdit } from '../words/text';

/**
 * Several edits as one fix. Undefined where one of them is missing, or where two touch the same text: editors refuse
 * such edits or apply them in an order of their own.
 */
export function together(...parts: readonly (readonly TextEdit[] | undefined)[]): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const part of parts) {
    if (!part) return undefined;
    edits.push(...part);
  }
  const clash = edits.some((a, index) => edits.slice(index + 1).some((b) => overlap(a, b)));
  return clash ? undefined : edits;
}

/** Touching is allowed where one of both replaces text; two insertions at one place have no order. */
function overlap(a: TextEdit, b: TextEdit): boolean {
  if (a.range.start === b.range.start) return true;
  return a.range.start < b.range.end && b.range.start < a.range.end;
}
