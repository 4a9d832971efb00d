import { percent } from '../words/counts';
import { whole } from '../words/numbers';
import type { ReferenceReport } from './reference-report';
import type { SideSummary } from './reference-summary';

/** A line of a table: labels to the left, two columns of figures, units behind. The first row is the head. */
export type FigureRow = readonly [label: string, first: string, second: string, unit: string];

/** What the table of a reference is like. */
export function summaryRows({
  summary: { chosen, rejected, rankedAsLabelled },
  longest,
}: ReferenceReport): FigureRow[] {
  const both = (of: (side: SideSummary) => number | undefined, words: (value: number) => string) =>
    [chosen, rejected].map((side) => {
      const value = of(side);
      return value === undefined ? 'unknown' : words(value);
    });
  const row = (label: string, [first = '', second = '']: readonly string[], unit: string): FigureRow => [
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
      both((side) => side.longest, whole),
      `tokens; with its prompt ${whole(longest)}`,
    ),
    row('ranked as labelled', [percent(rankedAsLabelled), ''], 'of the pairs'),
  ];
}

/** How policy and reference compare. */
export function compatibilityRows(found: NonNullable<ReferenceReport['compatibility']>): FigureRow[] {
  const { policy, reference, tokenizerOverlap, baselineMargin, saturation } = found;
  const figure = (label: string, value: string, unit: string): FigureRow => [label, value, '', unit];
  return [
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
}

function correlation(value: number | undefined): string {
  return value?.toFixed(2) ?? 'none';
}

/** Log-probabilities with the three digits that tell models apart. */
function nats(value: number): string {
  return value.toFixed(3);
}
