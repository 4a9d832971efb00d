import type { Curve } from '../metrics/series';
import type { MetricName, MetricsLine } from '../runs/format';
import { decimal, percent, whole } from '../words/numbers';

/** What tells in five seconds how a run goes: is the margin growing, does the policy still know how to stop? */
export interface GlanceFigure {
  readonly label: string;
  readonly value: string;
  readonly more: string;
  /** Where the value comes from. */
  readonly from: string;
  /** Alarms that say that this is not as it should be. */
  readonly alarms: readonly string[];
}

export type CurveOf = (split: MetricsLine['split'], name: MetricName) => Curve | undefined;

export function runGlance(curveOf: CurveOf): GlanceFigure[] {
  return [
    ...margin(curveOf('train', 'log_ratio_margin')),
    ...accuracy(curveOf('train', 'accuracy'), newest(curveOf('eval', 'accuracy'))),
    ...ending(curveOf),
    ...length(
      newest(curveOf('eval', 'generated_length')),
      newest(curveOf('eval', 'reference_generated_length')),
    ),
    ...winRate(newest(curveOf('eval', 'win_rate'))),
  ];
}

function margin(curve: Curve | undefined): GlanceFigure[] {
  if (!curve) return [];
  const value = recentMean(curve.values);
  return [
    {
      label: 'Reward margin / beta',
      value: `${decimal(value)} nats`,
      more: trend(curve.values),
      from: RECENT_WORDS,
      alarms: ['RUN001', 'RUN002', 'RUN003'],
    },
  ];
}

function accuracy(curve: Curve | undefined, held: number | undefined): GlanceFigure[] {
  if (!curve) return [];
  const value = percent(recentMean(curve.values));
  const more = held === undefined ? 'of training pairs' : `held out ${percent(held)}`;
  const from = `Share of pairs that are ranked as labelled. ${RECENT_WORDS}`;
  return [{ label: 'Accuracy', value, more, from, alarms: ['RUN004', 'RUN007', 'RUN014'] }];
}

/** The end-of-sequence token is what a policy loses first where beta is too small. */
function ending(curveOf: CurveOf): GlanceFigure[] {
  const ended = newest(curveOf('eval', 'ended'));
  const drift = newest(curveOf('eval', 'eos_drift'));
  const nats = drift === undefined ? '' : `${decimal(drift)} nats`;
  const rest = { from: NEWEST_WORDS, alarms: ['RUN006'] };
  if (ended !== undefined)
    return [{ label: 'Texts that end', value: percent(ended), more: nats && `EOS drift ${nats}`, ...rest }];
  if (nats === '') return [];
  return [{ label: 'EOS drift', value: nats, more: 'against the reference', ...rest }];
}

function length(tokens: number | undefined, reference: number | undefined): GlanceFigure[] {
  if (tokens === undefined) return [];
  const value = `${tokens < 20 ? decimal(tokens) : whole(tokens)} tokens`;
  const ratio = tokens / (reference ?? tokens);
  const more = reference === undefined ? '' : `${decimal(ratio)} × the reference`;
  // RUN006 is about more than length.
  const alarms = ratio >= LONG ? ['RUN006'] : [];
  return [{ label: 'Text length', value, more, from: NEWEST_WORDS, alarms }];
}

function winRate(rate: number | undefined): GlanceFigure[] {
  if (rate === undefined) return [];
  const more = rate < 0.5 ? 'the reference wins more often' : 'against the reference';
  return [{ label: 'Win rate', value: percent(rate), more, from: NEWEST_WORDS, alarms: ['RUN013'] }];
}

function newest(curve: Curve | undefined): number | undefined {
  return curve?.values.at(-1);
}

/** Texts this much longer than the reference's are run-on (RUN006). */
const LONG = 1.5;

/** Logged steps that one noisy value is replaced by the mean of. */
const RECENT = 10;
const RECENT_WORDS = `Mean of the last ${RECENT} logged steps.`;
const NEWEST_WORDS = 'At the newest evaluation.';

function recentMean(values: Float32Array): number {
  const recent = values.subarray(-RECENT);
  return recent.reduce((sum, value) => sum + value, 0) / recent.length;
}

/** Logged steps that a trend can be told from. */
const ENOUGH = 12;
/** Standard errors that a difference has to exceed. */
const CLEAR = 2;

/** Whether the last quarter lies above or below the one before it, where that can be told from noise. */
export function trend(values: Float32Array): 'growing' | 'falling' | 'steady' | '' {
  if (values.length < ENOUGH) return '';
  const quarter = Math.floor(values.length / 4);
  const [before, last] = [values.subarray(-2 * quarter, -quarter), values.subarray(-quarter)].map(moments);
  if (!before || !last) return '';
  const difference = last.mean - before.mean;
  const error = Math.sqrt((before.variance + last.variance) / quarter);
  if (!Number.isFinite(difference)) return '';
  if (Math.abs(difference) <= CLEAR * error) return 'steady';
  return difference > 0 ? 'growing' : 'falling';
}

function moments(values: Float32Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, variance };
}
