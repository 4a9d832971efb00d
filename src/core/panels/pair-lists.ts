import type {
  Comparison,
  InspectProgress,
  PairList,
  PairRow,
  PairSplit,
  ResponseSums,
  ScoredPair,
} from './pairs-page';

/** Orders and words of the pair inspector, for the panel and the command line. */

export const PAIR_ORDERS = {
  moved: 'Most moved',
  wrong: 'Most wrong',
  longest: 'Longest',
} as const;

export type PairOrder = keyof typeof PAIR_ORDERS;

/** How much the policy differs from what its tokens are compared with, in nats over the response. */
export function changeOf({ policy, baseline }: ResponseSums): number {
  return policy - baseline;
}

/**
 * Pairs in an order: by how much both responses moved together; by the margin, lowest first; by the tokens of both.
 *
 * @param search a text that prompt or a response has, in any case; empty for all
 */
export function listedPairs(
  { rows }: PairList,
  order: PairOrder,
  split: PairSplit | 'all',
  search: string,
): PairRow[] {
  const wanted = search.trim().toLowerCase();
  const key = KEYS[order];
  return rows
    .filter((row) => split === 'all' || row.split === split)
    .filter((row) =>
      [row.prompt, row.chosenText, row.rejectedText].some((text) => text.toLowerCase().includes(wanted)),
    )
    .sort((a, b) => key(b) - key(a));
}

const KEYS: Readonly<Record<PairOrder, (row: PairRow) => number>> = {
  moved: ({ chosen, rejected }) => Math.abs(changeOf(chosen)) + Math.abs(changeOf(rejected)),
  wrong: ({ margin }) => -margin,
  longest: ({ chosen, rejected }) => chosen.tokens + rejected.tokens,
};

/** `tie` where the margin is 0, as before the first step. */
export function rankedOf({ margin }: Pick<ScoredPair, 'margin'>): 'right' | 'wrong' | 'tie' {
  return margin > 0 ? 'right' : margin < 0 ? 'wrong' : 'tie';
}

/** A reward margin beyond this moves the sigmoid by less than 0.7 %. */
const SATURATED = 5;

/** Whether the pair's reward margin, beta times `margin`, is so large that training hardly feels the pair. */
export function isSaturated({ margin }: Pick<ScoredPair, 'margin'>, { beta }: Comparison): boolean {
  return beta * margin > SATURATED;
}

/** What the reward margin means for training, in a sentence. */
export function marginInWords({ margin }: Pick<ScoredPair, 'margin'>, { beta, loss }: Comparison): string {
  const reward = beta * margin;
  const ranked = {
    right: 'The policy ranks this pair as labelled',
    wrong: 'The policy ranks this pair against its label',
    tie: 'The policy ranks neither response higher',
  }[rankedOf({ margin })];
  if (loss !== 'sigmoid') return `${ranked}.`;
  const weight = 100 / (1 + Math.exp(reward));
  const share = weight < 0.1 ? 'less than 0.1' : weight < 10 ? weight.toFixed(1) : weight.toFixed(0);
  return `${ranked}; it contributes ${share} % of its maximum gradient, sigmoid(−reward margin).`;
}

const WORDS: Readonly<Record<InspectProgress['activity'], string>> = {
  loading: 'Loading the model',
  reading: 'Reading the pairs',
  baseline: 'Scoring responses, baseline',
  policy: 'Scoring responses, policy',
};

export function inspectProgressInWords({ activity, done, total }: InspectProgress): string {
  if (total <= 0) return WORDS[activity];
  const share = Math.floor((100 * done) / total);
  return activity === 'loading' || activity === 'reading'
    ? `${WORDS[activity]}: ${share} %`
    : `${WORDS[activity]}: ${count(done)} of ${count(total)}`;
}

/** `256 of 4,200 pairs: 128 of 4,000 training pairs, 128 of 200 held out.` */
export function sampleInWords({ rows, total }: PairList): string {
  const shown = (split: PairSplit): number => rows.filter((row) => row.split === split).length;
  const parts = [
    ...(total.train > 0 ? [`${count(shown('train'))} of ${count(total.train)} training pairs`] : []),
    ...(total.eval > 0 ? [`${count(shown('eval'))} of ${count(total.eval)} held out`] : []),
  ];
  return parts.join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
