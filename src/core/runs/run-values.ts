import { decimal, percent, whole } from '../words/numbers';
import { fromJsonNumber, isKnownMetric, type MetricName, type MetricsLine, type RunFile } from './format';
import { armOf } from './read-files';

type Values = MetricsLine['values'];

/** The newest values of a run in words, most important first. */
export function measured(values: Values): string[] {
  return [
    ...shown(values, 'loss', (loss) => `loss ${Number.isFinite(loss) ? loss.toFixed(4) : loss}`),
    ...shown(values, 'log_ratio_margin', (margin) => `margin ${decimal(margin)} nats`),
    ...shown(values, 'accuracy', (accuracy) => `accuracy ${percent(accuracy)}`),
    ...shown(values, 'tokens_per_second', (speed) => `${whole(speed)} tokens/s`),
  ];
}

/** What evaluations brought, in words. */
export function evaluated(values: Values): string[] {
  return [
    ...measured(values),
    ...shown(values, 'win_rate', (rate) => `win rate ${percent(rate)}`),
    ...shown(values, 'eos_drift', (drift) => `EOS drift ${decimal(drift)} nats`),
    ...shown(values, 'ended', (ended) => `${percent(ended)} of texts end by themselves`),
    ...shown(values, 'generated_length', (length) => `${whole(length)} tokens a text`),
    ...shown(values, 'kl', (kl) => `KL ${decimal(kl)} nats a token`),
    ...otherMetrics(values).map(({ name, value }) => `${name} ${decimal(value)}`),
  ];
}

/** Values that a trainer has of its own, which are shown by their names. */
export function otherMetrics(values: Values): { readonly name: string; readonly value: number }[] {
  return Object.entries(values)
    .filter(([name]) => !isKnownMetric(name))
    .map(([name, value]) => ({ name, value: fromJsonNumber(value) }));
}

/** Nothing for a value that was not measured. */
export function shown(values: Values, name: MetricName, words: (value: number) => string): string[] {
  return values[name] === undefined ? [] : [words(fromJsonNumber(values[name]))];
}

interface ArmRun {
  readonly run?: RunFile;
}

/** What tells an arm from the others; empty for a single run. */
export function armLabel(run: ArmRun, all: readonly ArmRun[]): string {
  if (all.length < 2 || !run.run) return '';
  const arms = all.flatMap((other) => (other.run ? [armOf(other.run)] : []));
  const { beta, seed, learningRate } = armOf(run.run);
  const rates = new Set(arms.map((arm) => arm.learningRate)).size;
  const seeds = new Set(arms.map((arm) => arm.seed)).size;
  const betas = new Set(arms.map((arm) => arm.beta)).size;
  return [
    ...(!Number.isNaN(beta) && (betas > 1 || seeds < 2) ? [`beta ${beta}`] : []),
    ...(rates > 1 && learningRate !== undefined ? [`learning rate ${learningRate}`] : []),
    ...(!Number.isNaN(seed) && seeds > 1 ? [`seed ${seed}`] : []),
  ].join(' ');
}
