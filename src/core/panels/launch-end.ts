import { isLive } from '../runs/liveness';
import { alarmInShort, type RunOverview, runName } from '../runs/run-snapshot';
import { endOf, gravestAlarms, groupedBySweep } from '../runs/run-tree';
import { runTitle, stateSentence, whatNow } from '../runs/run-words';
import { betaResponse } from '../sweeps/beta-response';

import { type BestBeta, bestInWords, bestSoFar } from './sweep-answer';
import { summaryOf } from './sweep-arm';

/** What came of a launch, for somebody who has looked elsewhere meanwhile. */
export interface LaunchEnd {
  readonly severity: 'error' | 'warning' | 'info';
  readonly words: string;
  readonly runs: readonly RunOverview[];
  /** Of a sweep, the beta with the highest win rate. */
  readonly best?: BestBeta;
  /** Whether something is left that can be resumed after a job died. */
  readonly isInterrupted: boolean;
}

/** Follows launches until all their runs have ended. What had ended before the first look is no news. */
export class LaunchEnds {
  private live: ReadonlySet<string> = new Set();

  look(all: readonly RunOverview[]): LaunchEnd[] {
    const launches = [...groupedBySweep(all)];
    const ended = launches.filter(([key, runs]) => this.live.has(key) && !runs.some(isGoingOn));
    this.live = new Set(launches.flatMap(([key, runs]) => (runs.some(isGoingOn) ? [key] : [])));
    return ended.flatMap(([, runs]) => endIn(runs) ?? []);
  }
}

/** Undefined for one that somebody has stopped, or that no trainer was started for: whoever did it has been told. */
function endIn(runs: readonly RunOverview[]): LaunchEnd | undefined {
  if (runs.every(({ status }) => status?.started === undefined)) return undefined;
  const states = new Set(runs.map(({ state }) => state));
  const [grave] = gravestAlarms(runs);
  if (!grave && states.size === 1 && states.has('stopped')) return undefined;
  const isInterrupted = states.has('interrupted');
  const best = bestBeta(runs);
  return {
    severity: states.has('failed') || isInterrupted ? 'error' : (grave?.severity ?? 'info'),
    words: [wordsOf(runs, best), ...(grave ? [`Alarm: ${alarmInShort(grave)}.`] : [])].join(' '),
    runs,
    ...(best && { best }),
    isInterrupted,
  };
}

function wordsOf(runs: readonly RunOverview[], best: BestBeta | undefined): string {
  const [first] = runs;
  const bad =
    runs.find(({ state }) => state === 'failed') ?? runs.find(({ state }) => state === 'interrupted');
  const why = bad ? [whatNow(bad)] : [];
  if (first && runs.length === 1) return [`${runTitle(first)}: ${stateSentence(first)}`, ...why].join(' ');
  const name = first?.run ? runName(first.run) : (first?.id ?? '');
  const answer = best ? [`${bestInWords(best)}.`] : [];
  return [`${name}, ${runs.length} arms: ${endOf(runs)}.`, ...answer, ...why].join(' ');
}

/** The answer of a sweep as far as means tell. */
function bestBeta(runs: readonly RunOverview[]): BestBeta | undefined {
  return bestSoFar(betaResponse(runs.flatMap(summaryOf)));
}

function isGoingOn({ state }: RunOverview): boolean {
  return isLive(state);
}
