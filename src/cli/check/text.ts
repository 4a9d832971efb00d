import type { Problem, Severity } from '../../core/problem';
import { LineIndex } from '../../core/words/text';
import type { Layout, Style } from '../terminal/output';
import { visible, wrap } from '../terminal/text-layout';
import { excerpt } from './excerpt';
import { countProblems, type FileReport, plural, type Report } from './file-reports';
import { isFixedUnasked } from './fix';

const COLOURS: Record<Severity, Style> = { error: 'red', warning: 'yellow', info: 'blue', hint: 'cyan' };

/** Problems for a reader at a terminal: place, reason, source line and fixes, file by file. */
export function textReport(report: Report, layout: Layout): string {
  return [...report.files.flatMap((file) => fileBlocks(file, layout)), summary(report, layout)].join('\n\n');
}

function fileBlocks({ name, text, problems, applied }: FileReport, layout: Layout): string[] {
  const file = visible(name);
  const lines = new LineIndex(text);
  const blocks = problems.map((problem) => problemBlock(file, lines, problem, layout));
  if (applied.length === 0) return blocks;
  const fixed = applied.map(
    ({ code, title, line }) => `${file}:${line} ${layout.paint('green', 'fixed')} ${code} ${visible(title)}`,
  );
  return [fixed.join('\n'), ...blocks];
}

function problemBlock(file: string, lines: LineIndex, problem: Problem, layout: Layout): string {
  const { line, column } = lines.position(problem.range.start);
  const place = layout.paint('bold', `${file}:${line + 1}:${column + 1}`);
  const severity = layout.paint(COLOURS[problem.severity], problem.severity);
  return [
    `${place} ${severity} ${problem.code}`,
    ...wrap(visible(problem.message), layout.width, '  '),
    ...excerpt(lines, problem.range, layout),
    ...problem.fixes.map(({ title }) => `  ${layout.paint('green', 'fix:')} ${visible(title)}`),
  ].join('\n');
}

function summary(report: Report, { paint }: Layout): string {
  const counts = countProblems(report);
  const severities: [Severity, string][] = [
    ['error', plural(counts.error, 'error')],
    ['warning', plural(counts.warning, 'warning')],
    ['info', plural(counts.info, 'info', 'infos')],
    ['hint', plural(counts.hint, 'hint')],
  ];
  const found = severities
    .filter(([severity]) => counts[severity] > 0)
    .map(([severity, words]) => paint(COLOURS[severity], words));
  const notChecked = report.failures.length > 0 ? `, ${report.failures.length} not checked` : '';
  const files = plural(report.files.length, 'file');
  const line = `${found.length > 0 ? found.join(', ') : 'No problems'} in ${files}${notChecked}`;
  const advice = fixAdvice(report);
  return advice ? `${line}\n${advice}` : line;
}

function fixAdvice({ files }: Report): string | undefined {
  const fixed = files.reduce((sum, { applied }) => sum + applied.length, 0);
  if (fixed > 0) return `${plural(fixed, 'fix was', 'fixes were')} applied.`;
  const fixable = files
    .flatMap(({ problems }) => problems)
    .filter((problem) => isFixedUnasked(problem) && problem.fixes.length > 0).length;
  return fixable > 0 ? `${fixable} can be fixed with --fix.` : undefined;
}
