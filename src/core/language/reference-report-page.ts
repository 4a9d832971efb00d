import type { ReferenceReport } from '../reference/reference-report';
import { compatibilityRows, type FigureRow, summaryRows } from '../reference/reference-rows';
import { plain, table } from '../words/markdown';
import { whole } from '../words/numbers';

/** What is known of a config's reference log-probabilities, and of how well its reference fits, as a page. */
export function referenceReportPage(report: ReferenceReport | undefined): string {
  if (!report) {
    return '# Reference\n\nThis report was made in another window. Run *DPO Lab: Compute Reference Log-Probabilities* or *Compare Reference with Policy* again: what is computed is kept.';
  }
  const { compatibility: found, policy, warnings } = report;
  return [
    ...(found
      ? [
          `# ${plain(policy)} as reference for ${plain(found.policy.name)}`,
          `**${found.verdict[0]?.toUpperCase()}${found.verdict.slice(1)}.**`,
          list(found.reasons),
          '## What to do',
          list(found.advice),
          '## How they compare',
          figures(compatibilityRows(found)),
          '## The log-probabilities',
        ]
      : [`# Reference log-probabilities of ${plain(policy)}`]),
    whatIsThere(report),
    figures(summaryRows(report)),
    ...(warnings.length > 0 ? ['## Warnings', list(warnings)] : []),
  ].join('\n\n');
}

function whatIsThere({ source, score, trainPairs, evalPairs, reused, folder, key }: ReferenceReport): string {
  const held = evalPairs > 0 ? `, ${whole(evalPairs)} held out` : '';
  const pairs = `${whole(trainPairs)} pairs to train on${held}.`;
  if (source === 'columns') return `${pairs} The numbers stand in the data.`;
  const scored = score === 'prior' ? 'Scored without the prompt' : 'Scored after the prompt';
  const place = `${reused ? 'found' : 'computed and kept'} in <code>${plain(folder ?? '')}</code>`;
  return `${pairs} ${scored}, ${place}.\n\nKey: <code>${key ?? ''}</code>`;
}

function figures([head, ...rows]: readonly FigureRow[]): string {
  const [, first = '', second = ''] = head ?? [];
  return table(
    [':', first, second, ':unit'],
    rows.map((row) => row.map(plain)),
  );
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${plain(item)}`).join('\n');
}
