import { fromJsonNumber, type MetricName, type MetricsLine } from '../core/runs/format';
import { armOf } from '../core/runs/read-files';
import type { StoredRun } from '../node/run-store';
import { decimal, duration, percent, whole } from './numbers';
import { displayWidth, takeWidth, visible } from './text-layout';

type Values = MetricsLine['values'];

/** How far a run is, in one line of at most `width` columns. What matters least is left out first. */
export function progressLine(run: StoredRun, train: Values, label: string, width: number): string {
  const { step = 0, totalSteps, activity, remaining } = run.status ?? {};
  const head = label === '' ? '' : visible(`${label}  `);
  const isTraining = run.state === 'running' && activity === undefined;
  if (!isTraining && (run.state !== 'running' || step === 0)) {
    return takeWidth(visible(`${head}${run.state}${activity === undefined ? '' : `: ${activity}`}`), width);
  }
  const steps = totalSteps === undefined ? `step ${whole(step)}` : `${whole(step)}/${whole(totalSteps)}`;
  const parts = [
    ...(activity === undefined ? [] : [activity]),
    ...measured(train),
    ...(remaining === undefined ? [] : [`${duration(remaining)} left`]),
  ];
  for (let count = parts.length; count >= 0; count--) {
    const rest = parts.slice(0, count).join('  ');
    const line = visible(`${steps}  ${rest}`).trimEnd();
    const room = width - displayWidth(`${head} ${line}`);
    if (room >= LEAST_BAR) return `${head}${bar(step, totalSteps, Math.min(room, LONGEST_BAR))} ${line}`;
    if (count === 0) return takeWidth(`${head}${line}`, width);
  }
  return '';
}

/** As many of the parts as fit, whole. */
export function fitting(start: string, parts: readonly string[], width: number): string {
  for (let count = parts.length; count > 0; count--) {
    const line = `${start}  ${parts.slice(0, count).join('  ')}`;
    if (displayWidth(line) <= width) return line;
  }
  return takeWidth(start, width);
}

const LEAST_BAR = 8;
const LONGEST_BAR = 26;

function bar(step: number, total = 0, width: number): string {
  const inside = width - 2;
  const done = total > 0 ? Math.min(inside, Math.floor((inside * step) / total)) : 0;
  return `[${'#'.repeat(done)}${'-'.repeat(inside - done)}]`;
}

/** The newest values of a run, most important first. */
export function measured(values: Values): string[] {
  const show = (name: MetricName, words: (value: number) => string): string[] =>
    values[name] === undefined ? [] : [words(fromJsonNumber(values[name]))];
  return [
    ...show('loss', (loss) => `loss ${Number.isFinite(loss) ? loss.toFixed(4) : loss}`),
    ...show('log_ratio_margin', (margin) => `margin ${decimal(margin)} nats`),
    ...show('accuracy', (accuracy) => `accuracy ${percent(accuracy)}`),
    ...show('tokens_per_second', (speed) => `${whole(speed)} tokens/s`),
  ];
}

/** What evaluations brought, in words. */
export function evaluated(values: Values): string[] {
  const show = (name: MetricName, words: (value: number) => string): string[] =>
    values[name] === undefined ? [] : [words(fromJsonNumber(values[name]))];
  return [
    ...measured({ ...values }),
    ...show('win_rate', (rate) => `win rate ${percent(rate)}`),
    ...show('ended', (ended) => `${percent(ended)} of texts end by themselves`),
    ...show('generated_length', (length) => `${whole(length)} tokens a text`),
    ...show('kl', (kl) => `KL ${decimal(kl)} nats a token`),
  ];
}

/** What tells an arm from the others; empty for a single run. */
export function armLabel(run: StoredRun, all: readonly StoredRun[]): string {
  if (all.length < 2 || !run.run) return '';
  const arms = all.flatMap((other) => (other.run ? [armOf(other.run)] : []));
  const { beta, seed } = armOf(run.run);
  const seeds = new Set(arms.map((arm) => arm.seed)).size;
  const betas = new Set(arms.map((arm) => arm.beta)).size;
  return [...(betas > 1 || seeds < 2 ? [`beta ${beta}`] : []), ...(seeds > 1 ? [`seed ${seed}`] : [])].join(
    ' ',
  );
}
