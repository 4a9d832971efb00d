import { type Alarm, standing } from './alarm';
import type { MetricsLine, RunFile, RunStatus } from './format';
import type { ShownState } from './liveness';
import type { RunMarks } from './run-marks';

/** A run as its files tell it now. */
export interface RunRecord {
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  readonly state: ShownState;
  /** Absent where `run.json` cannot be used; `problem` says why. */
  readonly run?: RunFile;
  /** Absent before the job wrote it. */
  readonly status?: RunStatus;
  /** Why the run can be shown in part only, in a sentence. */
  readonly problem?: string;
  /** What its user has said about it; absent where nothing. */
  readonly marks?: RunMarks;
}

/** With its newest values: what lists and pages show. */
export interface RunOverview extends RunRecord {
  readonly train: MetricsLine['values'];
  readonly eval: MetricsLine['values'];
  readonly alarms: readonly Alarm[];
}

/** A config's name without folders and ending: a sidebar is narrow. */
export function experimentName(configFile: string): string {
  return configFile.replace(/^.*[\\/]/, '').replace(/\.dpo\.(ya?ml|json)$/i, '');
}

/** What lists call the experiment that a run belongs to. */
export function runName({ name, configFile, id }: Pick<RunFile, 'name' | 'configFile' | 'id'>): string {
  return name ?? (configFile === undefined ? id : experimentName(configFile));
}

/** What is told to the user at once, as long as it stands; `info` is normal in a healthy run. */
export function graveAlarms({ alarms }: Pick<RunOverview, 'alarms'>): readonly Alarm[] {
  const bySeverity = (severity: Alarm['severity']) =>
    standing(alarms).filter((alarm) => alarm.severity === severity);
  return [...bySeverity('error'), ...bySeverity('warning')];
}

/** What an alarm means, in the few words that a list has room for. */
export function alarmInShort({ code }: Pick<Alarm, 'code'>): string {
  return SHORT[code] ?? code;
}

const SHORT: Readonly<Record<string, string>> = {
  RUN001: 'wrong first loss',
  RUN001b: 'margin starts off 0',
  RUN002: 'nothing is learned',
  RUN003: 'not a number',
  RUN004: 'pairs too easy',
  RUN005: 'chosen answers lose probability',
  RUN006: 'texts stop ending',
  RUN007: 'no better than chance',
  RUN008: 'held-out loss rises',
  RUN009: 'gradient spikes',
  RUN010: 'out of memory',
  RUN013: 'worse than the start',
  RUN014: 'labels look swapped',
  RUN015: 'texts repeat',
};
