import type { Problem, Severity } from '../../core/problem';
import { LineIndex, type Range } from '../../core/words/text';
import type { Failure } from './config-files';
import { type Counts, countProblems, type FileReport, type Report } from './file-reports';
import type { AppliedFix } from './fix';

/**
 * What `--format json` prints. Keys are only added while the version stays the same. Lines and columns count from 1,
 * columns in UTF-16 code units; an end is exclusive.
 */
export interface JsonReport {
  readonly version: 1;
  readonly files: readonly JsonFile[];
  /** What was asked for but could not be checked. */
  readonly failures: readonly Failure[];
  readonly summary: { readonly files: number; readonly problems: Counts };
}

interface JsonFile {
  readonly file: string;
  readonly problems: readonly JsonProblem[];
  /** What `--fix` has changed; the problems are those of the text after it. */
  readonly fixed: readonly AppliedFix[];
}

interface JsonProblem extends JsonRange {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fixes: readonly JsonFix[];
}

interface JsonFix {
  readonly title: string;
  readonly edits: readonly (JsonRange & { readonly newText: string })[];
}

interface JsonRange {
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

interface JsonPosition {
  readonly line: number;
  readonly column: number;
}

export function jsonReport(report: Report): string {
  const content: JsonReport = {
    version: 1,
    files: report.files.map(jsonFile),
    failures: report.failures,
    summary: { files: report.files.length, problems: countProblems(report) },
  };
  return JSON.stringify(content, null, 2);
}

function jsonFile({ name, text, problems, applied }: FileReport): JsonFile {
  const lines = new LineIndex(text);
  const jsonProblem = ({ code, severity, message, range, fixes }: Problem): JsonProblem => ({
    code,
    severity,
    message,
    ...jsonRange(lines, range),
    fixes: fixes.map(({ title, edits }) => ({
      title,
      edits: edits.map((edit) => ({ ...jsonRange(lines, edit.range), newText: edit.newText })),
    })),
  });
  return { file: name, problems: problems.map(jsonProblem), fixed: applied };
}

function jsonRange(lines: LineIndex, { start, end }: Range): JsonRange {
  return { start: jsonPosition(lines, start), end: jsonPosition(lines, end) };
}

function jsonPosition(lines: LineIndex, offset: number): JsonPosition {
  const { line, column } = lines.position(offset);
  return { line: line + 1, column: column + 1 };
}
