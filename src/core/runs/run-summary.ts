import { duration } from '../words/numbers';
import { alarmInShort, graveAlarms, type RunOverview } from './run-snapshot';
import { gravestAlarms, groupedBySweep, liveRuns } from './run-tree';
import { runTitle, stateSentence } from './run-words';
import { timeLeft } from './time-left';

/** What is going on, in a few words: for the status bar and the badge of the view. */

export interface StatusWords {
  /** Such as `2 runs, 4 min left`. */
  readonly text: string;
  /** A line for each run, as Markdown. */
  readonly lines: readonly string[];
  /** That of the worst alarm that stands in a live run. */
  readonly alarm: 'error' | 'warning' | undefined;
}

/** Undefined while nothing goes on. */
export function statusWords(runs: readonly RunOverview[]): StatusWords | undefined {
  const live = liveRuns(runs);
  if (live.length === 0) return undefined;
  const launches = [...groupedBySweep(runs).values()].filter((arms) => liveRuns(arms).length > 0);
  const times = launches.map(timeLeft);
  const known = times.filter((time) => time !== undefined);
  const eta = known.length < times.length ? '' : `, ${duration(Math.max(...known))} left`;
  return {
    text: `${live.length} ${live.length === 1 ? 'run' : 'runs'}${eta}`,
    lines: live.map((run) => `${runTitle(run)}: ${stateSentence(run)}`),
    alarm: worstOf(live),
  };
}

function worstOf(runs: readonly RunOverview[]): StatusWords['alarm'] {
  const [worst] = gravestAlarms(runs);
  return worst && (worst.severity === 'error' ? 'error' : 'warning');
}

/** Live runs that something goes wrong in; undefined where there are none. */
export function alarmBadge(
  runs: readonly RunOverview[],
): { readonly value: number; readonly tooltip: string } | undefined {
  const alarmed = liveRuns(runs).filter((run) => graveAlarms(run).length > 0);
  if (alarmed.length === 0) return undefined;
  const words = alarmed.map((run) => `${runTitle(run)}: ${graveAlarms(run).map(alarmInShort).join(', ')}`);
  return { value: alarmed.length, tooltip: words.join('\n') };
}
