/**
 * A run's id sorts by time and reads well: `20261123-141530-beta0.01-k3f9`.
 *
 * @param time milliseconds since 1970; the id shows it as UTC
 * @param beta undefined where it is not known, of a run of another trainer
 * @param suffix characters by which two runs of one second differ
 */
export function runId(time: number, beta: number | undefined, suffix: string): string {
  return `${stamp(time)}-${beta === undefined ? 'adopted' : `beta${beta}`}-${suffix}`;
}

/** Like a run's id: `20261123-141530-sweep-k3f9`. */
export function sweepId(time: number, suffix: string): string {
  return `${stamp(time)}-sweep-${suffix}`;
}

function stamp(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${clock.slice(0, 8).replaceAll(':', '')}`;
}

/** Ids stand in files that others may have written, and become names of folders and files: never a way out of one. */
export function isRunName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][\w.+-]{0,199}$/.test(value);
}
