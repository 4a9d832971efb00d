/** Versions of Python packages, as far as they have to be compared: numbers between dots. */

/** Below 0 where `a` is older than `b`, above 0 where it is newer. A part that is no number ends the comparison. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function isAtLeast(version: string, other: string): boolean {
  return compareVersions(version, other) >= 0;
}

/** Whether a version lies outside of those that have a key. */
export function isOutside(
  { never, since, until }: { readonly never?: true; readonly since?: string; readonly until?: string },
  version: string,
): boolean {
  if (never) return true;
  if (until !== undefined && isAtLeast(version, until)) return true;
  return since !== undefined && !isAtLeast(version, since);
}

function parts(version: string): number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
}
