import type { Problem, Severity } from '../../core/problem';
import type { Failure } from './config-files';
import type { AppliedFix } from './fix';

/** What a check found; text, JSON and SARIF are three ways to write it down. */
export interface Report {
  readonly files: readonly FileReport[];
  readonly failures: readonly Failure[];
}

export interface FileReport {
  /** As short as is clear. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** With the fixes that really help. */
  readonly problems: readonly Problem[];
  /** What `--fix` has changed before this was found. */
  readonly applied: readonly AppliedFix[];
}

export type Counts = Readonly<Record<Severity, number>>;

export function countProblems({ files }: Report): Counts {
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { problems } of files) for (const { severity } of problems) counts[severity]++;
  return counts;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
