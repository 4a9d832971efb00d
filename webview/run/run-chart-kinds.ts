import type { MetricName, MetricsLine } from '../../src/core/runs/format';
import { decimal, percent, whole } from '../../src/core/words/numbers';
import type { ChartLine, ChartOptions } from '../charts/chart-parts';

/** Which charts a run has, in their order: what is learned, what it does to the policy, how the training itself goes. */

export interface RunChartKind {
  readonly options: ChartOptions;
  readonly lines: readonly RunLine[];
  /** Alarms that are marked in it. */
  readonly alarms?: readonly string[];
  /** Shown only with this choice of rewards. */
  readonly rewards?: Rewards;
}

export type Rewards = 'divided' | 'raw';

interface RunLine extends Pick<ChartLine, 'label' | 'colour' | 'isDashed'> {
  readonly split: MetricsLine['split'];
  readonly metric: string;
  /** Without noise: there is nothing to smooth. */
  readonly isExact?: boolean;
}

export interface ChartSection {
  readonly title: string;
  readonly charts: readonly RunChartKind[];
}

const train = (metric: MetricName, label: string, colour: string): RunLine => ({
  split: 'train',
  metric,
  label,
  colour,
});
const held = (metric: MetricName, label: string, colour: string): RunLine => ({
  split: 'eval',
  metric,
  label,
  colour,
  isDashed: true,
});
const measured = (metric: MetricName, label: string, colour: string): RunLine => ({
  split: 'eval',
  metric,
  label,
  colour,
});

/** Metrics that a trainer has of its own, whose unit and meaning are not known: a chart each. */
export const OTHER_METRICS = 'Other metrics';

export function otherMetricChart(metric: string): RunChartKind {
  return {
    options: {
      title: metric,
      explanation: 'The trainer logs this value under this name. DPO Lab does not know its unit.',
      canBeLog: true,
    },
    lines: [
      { split: 'train', metric, label: 'training', colour: '--line-1' },
      { split: 'eval', metric, label: 'held out', colour: '--line-2', isDashed: true },
    ],
  };
}

const CHOSEN = '--line-3';
const REJECTED = '--line-2';
const MARGIN = '--line-1';
const POLICY = '--line-1';
const REFERENCE = '--line-4';

const SHARE = { format: percent, formatTick: percent, limits: { from: 0, to: 1 } };

export const RUN_CHARTS: readonly ChartSection[] = [
  {
    title: 'Learning',
    charts: [
      {
        options: {
          title: 'Loss',
          unit: 'nats per pair',
          explanation:
            'The sigmoid loss starts at ln 2 = 0.693, where policy and reference are the same. Held-out loss that rises while training loss falls is overfitting.',
          canBeLog: true,
          format: (value) => (Math.abs(value) < 10 ? value.toFixed(3) : decimal(value)),
        },
        alarms: ['RUN001', 'RUN001b', 'RUN003', 'RUN004', 'RUN008'],
        lines: [train('loss', 'training', '--line-1'), held('loss', 'held out', '--line-2')],
      },
      {
        options: {
          title: 'Rewards divided by beta',
          unit: 'nats',
          explanation:
            'How much likelier chosen and rejected responses became than under the reference, and the difference of both. Can be compared between betas.',
          levels: [{ at: 0, label: '' }],
        },
        rewards: 'divided',
        alarms: ['RUN002', 'RUN003', 'RUN005'],
        lines: [
          train('log_ratio_margin', 'margin', MARGIN),
          train('log_ratio_chosen', 'chosen', CHOSEN),
          train('log_ratio_rejected', 'rejected', REJECTED),
          held('log_ratio_margin', 'margin held out', MARGIN),
        ],
      },
      {
        options: {
          title: 'Rewards',
          unit: 'beta × nats',
          explanation:
            'Beta times the log-ratio of policy and reference. They grow with beta itself: compare runs of different betas by rewards divided by beta.',
          levels: [{ at: 0, label: '' }],
        },
        rewards: 'raw',
        alarms: ['RUN002', 'RUN003', 'RUN005'],
        lines: [
          train('reward_margin', 'margin', MARGIN),
          train('reward_chosen', 'chosen', CHOSEN),
          train('reward_rejected', 'rejected', REJECTED),
          held('reward_margin', 'margin held out', MARGIN),
        ],
      },
      {
        options: {
          title: 'Accuracy',
          unit: 'of pairs',
          explanation: 'Share of pairs whose chosen response has the higher reward. Half is chance.',
          levels: [{ at: 0.5, label: 'chance' }],
          includes: [0.5],
          ...SHARE,
        },
        alarms: ['RUN004', 'RUN007'],
        lines: [train('accuracy', 'training', '--line-1'), held('accuracy', 'held out', '--line-2')],
      },
    ],
  },
  {
    title: 'Effect on the policy',
    charts: [
      {
        options: {
          title: 'EOS drift',
          unit: 'nats',
          explanation:
            'Log-probability of the end-of-sequence token after chosen responses, policy minus reference. Below −1 the policy forgets how to stop: beta is too small.',
          levels: [{ at: 0, label: 'reference' }],
          includes: [0],
        },
        alarms: ['RUN006'],
        lines: [measured('eos_drift', 'policy', POLICY)],
      },
      {
        options: {
          title: 'Texts that end',
          unit: 'of texts',
          explanation: 'Share of generated texts that end by themselves rather than at the limit.',
          ...SHARE,
        },
        alarms: ['RUN006'],
        lines: [
          measured('ended', 'policy', POLICY),
          { ...measured('reference_ended', 'reference', REFERENCE), isDashed: true },
        ],
      },
      {
        options: {
          title: 'Text length',
          unit: 'tokens',
          explanation: 'Mean length of generated texts. Longer and longer ones are a sign of degeneration.',
          includes: [0],
        },
        alarms: ['RUN006'],
        lines: [
          measured('generated_length', 'policy', POLICY),
          { ...measured('reference_generated_length', 'reference', REFERENCE), isDashed: true },
        ],
      },
      {
        options: {
          title: 'Repetition',
          unit: 'of stretches',
          explanation:
            'Share of stretches of four tokens that occurred before in the same text. Texts that repeat themselves are a sign of degeneration.',
          ...SHARE,
        },
        alarms: ['RUN015'],
        lines: [
          measured('repetition', 'policy', POLICY),
          { ...measured('reference_repetition', 'reference', REFERENCE), isDashed: true },
        ],
      },
      {
        options: {
          title: 'KL',
          unit: 'nats per token',
          explanation: 'How far the policy went from the reference, on texts that the policy generates.',
          includes: [0],
        },
        lines: [measured('kl', 'policy to reference', POLICY)],
      },
      {
        options: {
          title: 'Log-probabilities',
          unit: 'nats',
          explanation:
            'Sums over whole responses under the policy. Chosen ones may fall a little, rejected ones fall faster.',
        },
        alarms: ['RUN005'],
        lines: [
          train('logp_chosen', 'chosen', CHOSEN),
          train('logp_rejected', 'rejected', REJECTED),
          held('logp_chosen', 'chosen held out', CHOSEN),
          held('logp_rejected', 'rejected held out', REJECTED),
        ],
      },
      {
        options: {
          title: 'Win rate',
          unit: 'of texts',
          explanation: 'How often the judge prefers the policy to the reference; ties count half.',
          levels: [{ at: 0.5, label: 'as good as the reference' }],
          includes: [0.5],
          ...SHARE,
        },
        lines: [measured('win_rate', 'policy', POLICY)],
      },
    ],
  },
  {
    title: 'Training health',
    charts: [
      {
        options: {
          title: 'Gradient norm',
          explanation: 'Before clipping. Single peaks ten times as high as usual upset the optimizer.',
          canBeLog: true,
        },
        alarms: ['RUN003', 'RUN009'],
        lines: [train('gradient_norm', 'all weights', '--line-1')],
      },
      {
        options: {
          title: 'Learning rate',
          unit: 'per step',
          explanation: 'As the schedule says.',
          includes: [0],
          format: (value) =>
            value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : decimal(value),
        },
        lines: [{ ...train('learning_rate', 'learning rate', '--line-1'), isExact: true }],
      },
      {
        options: {
          title: 'SFT loss',
          unit: 'nats per token',
          explanation: 'Of the chosen responses, which the objective adds with its weight.',
        },
        lines: [train('sft_loss', 'training', '--line-1'), held('sft_loss', 'held out', '--line-2')],
      },
      {
        options: {
          title: 'Speed',
          unit: 'tokens/s',
          explanation: 'Tokens that are processed a second, prompts included.',
          includes: [0],
          format: whole,
        },
        lines: [train('tokens_per_second', 'tokens', '--line-1')],
      },
      {
        options: {
          title: 'Memory',
          unit: 'GB',
          explanation: 'What the trainer takes.',
          includes: [0],
          format: (bytes) => `${decimal(bytes / 1e9)} GB`,
          formatTick: (bytes) => decimal(bytes / 1e9),
        },
        lines: [{ ...train('memory', 'trainer', '--line-1'), isExact: true }],
      },
    ],
  },
];
