import type { ReferenceReport } from '../core/analysis/reference-report';
import type { SideSummary } from '../core/analysis/reference-summary';
import { count, percent } from '../core/rules/words';
import { shownPath } from '../node/paths';
import type { Layout } from './output';
import { displayWidth, visible, wrap } from './text-layout';

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
  const held = evalPairs > 0 ? `, and ${number(evalPairs)} held out` : '';
  const lines = [`${number(trainPairs)} pairs to train on${held}.`];
  if (folder !== undefined) {
    lines.push(`${reused ? 'Found' : 'Computed, and kept'} in ${visible(shownPath(folder, cwd))}.`);
    lines.push(`Key ${key}.`);
  }
  return [paint('bold', title), ...lines.flatMap((line) => wrap(line, width, '  '))].join('\n');
}

type Row = readonly [label: string, first: string, second: string, unit: string];

function summaryRows({ summary: { chosen, rejected, rankedAsLabelled }, longest }: ReferenceReport): Row[] {
  const both = (of: (side: SideSummary) => number | undefined, words: (value: number) => string) =>
    [chosen, rejected].map((side) => {
      const value = of(side);
      return value === undefined ? 'unknown' : words(value);
    });
  const row = (label: string, [first = '', second = '']: readonly string[], unit: string): Row => [
    label,
    first,
    second,
    unit,
  ];
  return [
    row('', ['chosen', 'rejected'], ''),
    row(
      'log-probability per token',
      both(({ logpPerToken }) => logpPerToken, nats),
      'nats',
    ),
    row(
      'log p(end of sequence)',
      both(({ endLogp }) => endLogp, nats),
      'nats, after the response',
    ),
    row(
      'without an end of sequence',
      both(({ withoutEnd }) => withoutEnd, percent),
      'of the responses',
    ),
    row(
      'longest response',
      both((side) => side.longest, number),
      `tokens; with its prompt ${number(longest)}`,
    ),
    row('ranked as labelled', [percent(rankedAsLabelled), ''], 'of the pairs'),
  ];
}

function compatibilityText(
  { policy: name }: ReferenceReport,
  found: NonNullable<ReferenceReport['compatibility']>,
  { width, paint }: Layout,
): string {
  const { policy, reference, tokenizerOverlap, baselineMargin, saturation } = found;
  const figure = (label: string, value: string, unit: string): Row => [label, value, '', unit];
  const rows: Row[] = [
    ['', 'policy', 'reference', ''],
    [
      'ranked as labelled',
      percent(policy.rankedAsLabelled),
      percent(reference.rankedAsLabelled),
      'of the pairs',
    ],
    [
      'log-probability per token',
      nats(policy.logpPerToken),
      nats(reference.logpPerToken),
      'nats, of its own tokens',
    ],
    ['family', policy.family ?? 'unknown', reference.family ?? 'unknown', ''],
    figure('rank correlation of margins', correlation(found.rankCorrelation), ''),
    figure('the same per token', correlation(found.rankCorrelationPerToken), 'without the effect of length'),
    figure(
      'shared vocabulary',
      tokenizerOverlap === undefined ? 'unknown' : percent(tokenizerOverlap),
      "of the policy's tokens",
    ),
    figure('margin, policy - reference', nats(baselineMargin), 'nats, mean over pairs'),
    ...saturation.map(({ beta, share, won }) =>
      figure(`saturated at beta ${beta}`, percent(share), `of the pairs; ${percent(won)} count as won`),
    ),
  ];
  const verdict = `${found.verdict[0]?.toUpperCase()}${found.verdict.slice(1)}`;
  const item = (text: string): string[] => wrap(visible(text), width, '    ', '  - ');
  return [
    `${paint('bold', `${verdict}: ${visible(name)} as reference for ${visible(policy.name)}`)}`,
    ...found.reasons.flatMap(item),
    '',
    table(rows),
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
function table(rows: readonly Row[]): string {
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

function correlation(value: number | undefined): string {
  return value?.toFixed(2) ?? 'none';
}

/** Log-probabilities with the three digits that tell models apart. */
function nats(value: number): string {
  return value.toFixed(3);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
