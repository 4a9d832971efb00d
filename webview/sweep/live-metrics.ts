import type { FollowedMetric } from '../../src/core/panels/sweep-page';
import type { MetricsLine } from '../../src/core/runs/format';
import { decimal } from '../../src/core/words/numbers';
import type { ChartOptions } from '../charts/chart-parts';
import { natsInWords } from './beta-metrics';

/** A measure that the arms of a sweep are followed by. None of them grows with beta itself. */
export interface LiveMetric {
  readonly split: MetricsLine['split'];
  readonly metric: FollowedMetric;
  readonly isSmoothed: boolean;
  readonly options: ChartOptions;
}

export const LIVE_METRICS: readonly LiveMetric[] = [
  {
    split: 'train',
    metric: 'loss',
    isSmoothed: true,
    options: {
      title: 'Loss',
      unit: 'training',
      explanation: 'Losses of different betas cannot be compared: compare how each develops.',
      format: decimal,
      canBeLog: true,
    },
  },
  {
    split: 'train',
    metric: 'log_ratio_margin',
    isSmoothed: true,
    options: {
      title: 'Margin / beta, training',
      unit: 'nats',
      explanation:
        'The reward margin divided by beta: how far chosen and rejected responses have come apart.',
      format: natsInWords,
      includes: [0],
    },
  },
  {
    split: 'eval',
    metric: 'eos_drift',
    isSmoothed: false,
    options: {
      title: 'EOS drift by step',
      unit: 'nats',
      explanation:
        'log p(end of sequence) after chosen responses, policy minus reference. It falls first, long before texts stop ending.',
      format: natsInWords,
      includes: [0],
    },
  },
  {
    split: 'eval',
    metric: 'generated_length',
    isSmoothed: false,
    options: {
      title: 'Text length by step',
      unit: 'tokens',
      explanation: 'Mean length of the generated texts.',
      format: (tokens) => `${decimal(tokens)} tokens`,
    },
  },
];
