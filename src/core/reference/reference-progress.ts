import type { ReferenceActivity, ReferenceLine } from './reference-report';

const WORDS: Readonly<Record<ReferenceActivity, string>> = {
  loading: 'loading the model',
  reading: 'reading pairs',
  reference: 'reference log-probabilities',
  policy: 'log-probabilities of the policy, to compare with',
};

/** Bytes as their share, pairs as their number. */
export function progressInWords({
  activity,
  done,
  total,
}: Extract<ReferenceLine, { kind: 'progress' }>): string {
  const share = total > 0 ? Math.floor((100 * done) / total) : 0;
  return activity === 'reference' || activity === 'policy'
    ? `${WORDS[activity]}: ${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} pairs (${share} %)`
    : `${WORDS[activity]}: ${share} %`;
}
