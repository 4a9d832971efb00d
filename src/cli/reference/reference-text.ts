import type { ReferenceReport } from '../../core/reference/reference-report';
import { compatibilityRows, type FigureRow, summaryRows } from '../../core/reference/reference-rows';
import { count } from '../../core/words/counts';
import { whole } from '../../core/words/numbers';
import { shownPath } from '../../node/files/paths';
import type { Layout } from '../terminal/output';
import { displayWidth, visible, wrap } from '../terminal/text-layout';

/** The report for a reader at a terminal. */
export function referenceText(report: ReferenceReport, cwd: string, layout: Layout): string {
  return [
    heading(report, cwd, layout),
    table(summaryRows(report)),
    ...(report.compatibility ? [compatibilityText(report, report.compatibility, layout)] : []),
    ...(report.warnings.length > 0 ? [warningsText(report.warnings, layout)] : []),
  ].join('\n\n');
}

function heading(report: ReferenceReport, cwd: string, { width, paint }: Layout): string {
  const { policy, source, score, key, folder, reused, trainPairs, evalPairs } = report;
  const title =
    source === 'columns'
      ? 'Reference log-probabilities from the columns of the data'
      : `Reference log-probabilities of ${visible(policy)}, scored ${score === 'prior' ? 'without the prompt' : 'after the prompt'}`;
  const held = evalPairs > 0 ? `, and ${whole(evalPairs)} held out` : '';
  const lines = [`${whole(trainPairs)} pairs to train on${held}.`];
  if (folder !== undefined) {
    lines.push(`${reused ? 'Found' : 'Computed, and kept'} in ${visible(shownPath(folder, cwd))}.`);
    lines.push(`Key ${key}.`);
  }
  return [paint('bold', title), ...lines.flatMap((line) => wrap(line, width, '  '))].join('\n');
}

function compatibilityText(
  { policy: name }: ReferenceReport,
  found: NonNullable<ReferenceReport['compatibility']>,
  { width, paint }: Layout,
): string {
  const verdict = `${found.verdict[0]?.toUpperCase()}${found.verdict.slice(1)}`;
  const item = (text: string): string[] => wrap(visible(text), width, '    ', '  - ');
  return [
    `${paint('bold', `${verdict}: ${visible(name)} as reference for ${visible(found.policy.name)}`)}`,
    ...found.reasons.flatMap(item),
    '',
    table(compatibilityRows(found)),
    '',
    paint('bold', 'What to do'),
    ...found.advice.flatMap(item),
  ].join('\n');
}

function warningsText(warnings: readonly string[], { width, paint }: Layout): string {
  const items = warnings.flatMap((warning) => wrap(visible(warning), width, '    ', '  - '));
  return [paint('yellow', count(warnings.length, 'warning')), ...items].join('\n');
}

/** Labels to the left, two columns of figures to the right, units behind. */
function table(rows: readonly FigureRow[]): string {
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => displayWidth(visible(row[column] ?? '')))),
  );
  return rows
    .map(([label, first, second, unit]) => {
      const cells = [first, second].map((cell, index) => {
        const text = visible(cell);
        return ' '.repeat(Math.max(0, (widths[index + 1] ?? 0) - displayWidth(text))) + text;
      });
      return `  ${label.padEnd(widths[0] ?? 0)}  ${cells.join('  ')}  ${unit}`.trimEnd();
    })
    .join('\n');
}
