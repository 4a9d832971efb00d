import { decimal, duration, percent, whole } from '../words/numbers';
import { isStartedHere, type Producer, type RunFile, type RunStatus } from './format';
import { isLive, type ShownState } from './liveness';
import { armOf } from './read-files';
import { type RunOverview, runName } from './run-snapshot';
import { shown } from './run-values';

/** A run in words, for lists, tooltips and pages. */

/** `goldilocks, beta 0.1`; without beta where that is not known. */
export function runTitle({ run, id, marks }: Pick<RunOverview, 'run' | 'id' | 'marks'>): string {
  if (marks?.name !== undefined) return marks.name;
  if (!run) return id;
  const { beta } = armOf(run);
  return Number.isNaN(beta) ? runName(run) : `${runName(run)}, beta ${beta}`;
}

/** `onnx`, or the name and version of another trainer. */
export function producerInShort({ kind, trainer, version }: Producer): string {
  if (kind === 'onnx' || kind === 'torch') return kind;
  return version === undefined ? trainer : `${trainer} ${version}`;
}

/** Steps done and of the whole run, such as `120/400`; empty before the first. */
export function stepsInShort({ status }: RunOverview): string {
  const { step = 0, totalSteps } = status ?? {};
  if (totalSteps === undefined) return step === 0 ? '' : `step ${whole(step)}`;
  return `${whole(step)}/${whole(totalSteps)}`;
}

/** The number that tells most of a run in a narrow list: its win rate, else accuracy, else the margin. */
export function keyFigure({ train, eval: held }: Pick<RunOverview, 'train' | 'eval'>): string[] {
  return [
    ...shown(held, 'win_rate', (rate) => `win rate ${percent(rate)}`),
    ...shown({ ...train, ...held }, 'accuracy', (accuracy) => `accuracy ${percent(accuracy)}`),
    ...shown(train, 'log_ratio_margin', (margin) => `margin ${twoDigits(margin)} nats`),
  ].slice(0, 1);
}

/** A list is narrow, and what float32 leaves of 0 before the first step is no news. */
function twoDigits(value: number): string {
  if (Math.abs(value) < 0.005) return '0';
  return Math.abs(value) < 10 ? decimal(Number(value.toPrecision(2))) : decimal(Math.round(value));
}

/** `no news for 12 minutes`: all that is known of another trainer's run that writes nothing any more. */
export function noNewsFor(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `no news for ${counted(minutes, 'minute')}`;
  const hours = Math.round(minutes / 60);
  return `no news for ${hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day')}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** How a run is, as a sentence: `Running, step 120 of 400 (30 %), about 4 min left.` */
export function stateSentence({ state, status, run }: RunOverview): string {
  const { step = 0, totalSteps, remaining, started, ended, activity } = status ?? {};
  if (state === 'unreadable') return 'Unreadable.';
  const steps =
    totalSteps === undefined
      ? step > 0
        ? [`step ${whole(step)}`]
        : []
      : [`step ${whole(step)} of ${whole(totalSteps)} (${percent(step / Math.max(1, totalSteps))})`];
  const time =
    isLive(state) && remaining !== undefined
      ? [`about ${duration(remaining)} left`]
      : !isLive(state) && started !== undefined && ended !== undefined && ended > started
        ? [`after ${duration(ended - started)}`]
        : [];
  // Silence alone does not say that another trainer was interrupted.
  const isSilent = state === 'interrupted' && run?.producer.kind === 'imported' && activity !== undefined;
  const words = [
    ...(isSilent ? [] : [state]),
    ...(activity === undefined ? [] : [activity]),
    ...steps,
    ...time,
  ].join(', ');
  return `${words[0]?.toUpperCase()}${words.slice(1)}.`;
}

/** What became of a run that did not reach its end, and what can be done; empty for others. */
export function whatNow({ state, status, problem, run }: RunOverview): string {
  if (problem !== undefined) return problem;
  if (run && !isStartedHere(run)) return whatNowElsewhere({ state, status, run });
  switch (state) {
    case 'failed':
      return status?.error ?? 'It failed without a word. Its log may tell more.';
    case 'interrupted':
      return 'Its job was killed, or the machine was switched off. Resume continues from the last checkpoint.';
    case 'stopped':
      return 'Resume continues from the last checkpoint.';
    default:
      return '';
  }
}

/** The same for a run of another trainer, which DPO Lab cannot resume. */
function whatNowElsewhere({
  state,
  status,
  run,
}: {
  readonly state: ShownState;
  readonly status: RunStatus | undefined;
  readonly run: RunFile;
}): string {
  const { trainer } = run.producer;
  if (state === 'failed') return status?.error ?? `It failed. The output of ${trainer} may say why.`;
  if (state === 'interrupted')
    return `Nothing more was heard of it: ${trainer} has ended, or its files are no longer updated.`;
  return '';
}
