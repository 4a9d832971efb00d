import { isLive } from '../runs/liveness';
import { timeLeft } from '../runs/time-left';
import { count } from '../words/counts';
import { duration } from '../words/numbers';
import type { ArmDetails } from './sweep-arm';

/** How far a sweep is: `3 of 5 arms done, 1 running, about 4 min left.` */
export function sweepSentence(arms: readonly ArmDetails[], deleted: number): string {
  const own = arms.filter(({ isOther }) => !isOther);
  const others = arms.length - own.length;
  return [
    ...(own.length > 0 ? [progress(own)] : []),
    ...(others > 0 ? [`${count(others, 'arm')} of other sweeps with the same settings counted in.`] : []),
    ...(deleted > 0 ? [`${count(deleted, 'arm')} deleted.`] : []),
  ].join(' ');
}

const ENDS = ['completed', 'stopped', 'failed', 'interrupted', 'unreadable'] as const;

function progress(arms: readonly ArmDetails[]): string {
  const live = arms.filter(({ state }) => isLive(state));
  const tally = ENDS.flatMap((state) => {
    const number = arms.filter((arm) => arm.state === state).length;
    return number === 0 ? [] : [`${number} ${state}`];
  });
  if (live.length === 0) {
    const [only = '', ...more] = tally;
    const all = ['The only arm', 'Both arms'][arms.length - 1] ?? `All ${arms.length} arms`;
    const words =
      more.length === 0
        ? `${all} ${only.replace(/^\d+ /, '')}`
        : `${count(arms.length, 'arm')}: ${tally.join(', ')}`;
    return `${words}${tookInWords(arms)}.`;
  }
  const left = timeLeft(arms);
  const waiting = live.filter(({ state }) => state === 'queued').length;
  return `${[
    `${arms.length - live.length} of ${count(arms.length, 'arm')} done`,
    ...tally.filter((words) => !words.endsWith('completed')),
    ...(waiting < live.length ? [`${live.length - waiting} running`] : []),
    ...(waiting > 0 ? [`${waiting} queued`] : []),
    ...(left === undefined ? [] : [`about ${duration(left)} left`]),
  ].join(', ')}.`;
}

function tookInWords(arms: readonly ArmDetails[]): string {
  const started = arms.flatMap(({ status }) => status?.started ?? []);
  const ended = arms.flatMap(({ status }) => status?.ended ?? []);
  const took = Math.max(...ended) - Math.min(...started);
  // Arms that were resumed on another day have taken less than lies between.
  return took > 0 && Number.isFinite(took) && ended.length === arms.length ? ` in ${duration(took)}` : '';
}
