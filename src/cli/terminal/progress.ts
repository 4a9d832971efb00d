import type { MetricsLine } from '../../core/runs/format';
import type { RunRecord } from '../../core/runs/run-snapshot';
import { measured } from '../../core/runs/run-values';
import { duration, whole } from '../../core/words/numbers';
import { displayWidth, takeWidth, visible } from './text-layout';

type Values = MetricsLine['values'];

/** How far a run is, in one line of at most `width` columns. What matters least is left out first. */
export function progressLine(run: RunRecord, train: Values, label: string, width: number): string {
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
