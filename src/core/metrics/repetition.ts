/** Tokens of a stretch that counts as repeated, as in Welleck et al. 2020 (seq-rep-4). */
const STRETCH = 4;

/**
 * How much of a text repeats itself: the share of its stretches of four tokens that occurred before in the same text.
 * 0 for a text that is too short to repeat one.
 */
export function repetition(tokens: readonly number[]): number {
  const stretches = tokens.length - STRETCH + 1;
  if (stretches < 2) return 0;
  const seen = new Set<string>();
  for (let start = 0; start < stretches; start++) seen.add(tokens.slice(start, start + STRETCH).join(' '));
  return 1 - seen.size / stretches;
}
