import type { SweepArm } from '../../src/core/panels/sweep-arm';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { ENDING, LONG } from '../../src/core/sweeps/beta-row';
import { decimal, percent } from '../../src/core/words/numbers';
import type { ChartOptions } from '../charts/chart-parts';

/** A measure that charts show over beta. None of them grows with beta itself, as raw rewards do. */
export interface BetaMetric {
  readonly options: ChartOptions;
  valueOf(arm: SweepArm): number;
  /** An arm that was stopped because its texts no longer end tells nothing about it. */
  readonly isFinal?: boolean;
  /** The same of the reference, where it is not always the same. */
  referenceOf?(arm: SweepArm): number;
}

const tickPercent = (share: number): string => `${Math.round(100 * share)} %`;

export const natsInWords = (nats: number): string => `${decimal(nats).replaceAll('-', '−')} nats`;

/** What betas are compared by. */
export function qualityMetric(quality: SweepPage['response']['quality']): BetaMetric {
  const isJudged = quality === 'win rate';
  return {
    options: {
      title: isJudged ? 'Win rate' : 'Held-out accuracy',
      unit: isJudged ? 'against the reference, by the judge' : 'held-out pairs ranked as labelled',
      explanation: isJudged
        ? 'How often the judge prefers the text of the trained policy to that of the starting policy, ties half. At 50 % training has changed nothing for the better.'
        : 'No judge was named, so betas are compared by how many held-out pairs get the larger margin for the chosen response. That may look well while texts no longer end.',
      format: percent,
      formatTick: tickPercent,
      limits: { from: 0, to: 1 },
      includes: [0.5],
      levels: [{ at: 0.5, label: isJudged ? 'as good as the reference' : 'chance' }],
    },
    valueOf: (arm) => arm.quality,
    isFinal: true,
  };
}

/** What goes wrong at small betas, and what it costs. */
export const SIDE_EFFECTS: readonly BetaMetric[] = [
  {
    options: {
      title: 'Text length',
      unit: 'times the reference',
      explanation: `Tokens of a generated text, divided by those of the reference. Above ${LONG} texts run on.`,
      format: (ratio) => `${ratio.toFixed(2)} times`,
      includes: [1],
      levels: [
        { at: 1, label: 'reference' },
        { at: LONG, label: 'runs on' },
      ],
    },
    valueOf: (arm) => arm.lengthRatio,
  },
  {
    options: {
      title: 'Texts that end',
      unit: 'of texts',
      explanation: `Share of generated texts that end by themselves, before the limit. Below ${100 * ENDING} % of the reference's share the policy does not know how to stop.`,
      format: percent,
      formatTick: tickPercent,
      limits: { from: 0, to: 1 },
      includes: [1],
    },
    valueOf: (arm) => arm.ended,
    referenceOf: (arm) => arm.referenceEnded,
  },
  {
    options: {
      title: 'EOS drift',
      unit: 'nats',
      explanation:
        'log p(end of sequence) after chosen responses, policy minus reference. It falls first, long before texts stop ending.',
      format: natsInWords,
      includes: [0],
      levels: [{ at: 0, label: 'reference' }],
    },
    valueOf: (arm) => arm.eosDrift,
  },
  {
    options: {
      title: 'KL',
      unit: 'nats per token',
      explanation:
        'How far the policy has moved from the reference: KL(policy || reference) for each token of generated texts.',
      format: natsInWords,
      includes: [0],
    },
    valueOf: (arm) => arm.kl,
  },
];

/** Shown beside a judge: what alone would not have told. */
export const HELD_OUT_ACCURACY: BetaMetric = {
  options: {
    title: 'Accuracy',
    unit: 'of held-out pairs',
    explanation:
      'Held-out pairs ranked as labelled. It keeps looking well where texts no longer end: that is why it does not decide where there is a judge.',
    format: percent,
    formatTick: tickPercent,
    limits: { from: 0, to: 1 },
    includes: [0.5],
    levels: [{ at: 0.5, label: 'chance' }],
  },
  valueOf: (arm) => arm.accuracy,
};
