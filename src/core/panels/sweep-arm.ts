import { type Alarm, figuresNow } from '../runs/alarm';
import { fromJsonNumber, type MetricName } from '../runs/format';
import { isLive, type ShownState } from '../runs/liveness';
import { armOf } from '../runs/read-files';
import { alarmInShort, type RunOverview } from '../runs/run-snapshot';
import { byNumber, isResumable } from '../runs/run-tree';
import { stateSentence, stepsInShort, whatNow } from '../runs/run-words';
import type { BetaResponse } from '../sweeps/beta-response';
import { hasBrokenOff } from '../sweeps/beta-row';
import type { JudgedArm } from '../sweeps/judged-arm';
import { gravestOfEach } from './gravest-alarms';
import type { RunAction } from './run-page';

/** What is known of an arm: its files, and its newest values. */
export interface ArmDetails extends RunOverview {
  /** The margin divided by beta over training, thinned, in nats. */
  readonly margins: readonly number[];
  /** What its newest answers were judged to be, by prompt: 1 won, 0.5 a tie, 0 lost. */
  readonly outcomes?: Readonly<Record<string, readonly number[]>>;
  /** Of another sweep with the same settings. */
  readonly isOther: boolean;
}

/** A row of the table, and points of the charts. Numbers are NaN where nothing was measured yet. */
export interface SweepArm {
  readonly id: string;
  readonly folder: string;
  readonly beta: number;
  readonly seed: number;
  readonly state: ShownState;
  /** The state as a sentence, and what can be done. */
  readonly sentence: string;
  /** `120/500`; empty before the first step and after the last. */
  readonly steps: string;
  /** Whether it has said what it has to say: others are drawn, but do not decide. */
  readonly counts: boolean;
  readonly isOther: boolean;
  /** What the beta is, as far as the arms tell. */
  readonly verdict: '' | 'take this' | 'not excluded' | 'past the cliff' | 'worse';
  /** Judged win rate, or held-out accuracy where there is no judge: shares. */
  readonly quality: number;
  readonly lengthRatio: number;
  readonly ended: number;
  readonly referenceEnded: number;
  /** Nats. */
  readonly eosDrift: number;
  /** Nats a token. */
  readonly kl: number;
  readonly accuracy: number;
  /** The margin divided by beta, in nats: of held-out pairs, or where there are none of the newest step. */
  readonly margin: number;
  readonly margins: readonly number[];
  /** Each code once, the gravest first; none that is normal. */
  readonly alarms: readonly {
    readonly severity: Alarm['severity'];
    readonly short: string;
    readonly message: string;
  }[];
  readonly actions: readonly RunAction[];
}

/** Nothing for an arm whose beta cannot be read. */
export function summaryOf({
  id,
  run,
  state,
  status,
  train,
  eval: held,
  alarms,
  outcomes,
}: RunOverview & Pick<ArmDetails, 'outcomes'>): JudgedArm[] {
  if (!run || Number.isNaN(armOf(run).beta)) return [];
  return [{ id, ...armOf(run), state, step: status?.step ?? 0, train, eval: held, alarms, outcomes }];
}

export function sweepArm(arm: ArmDetails, response: BetaResponse): SweepArm {
  const { id, folder, state, run, isOther, margins } = arm;
  const held = (name: MetricName): number => fromJsonNumber(arm.eval[name]);
  const { beta, seed } = run ? armOf(run) : { beta: Number.NaN, seed: Number.NaN };
  const next = whatNow(arm);
  return {
    id,
    folder,
    beta,
    seed,
    state,
    sentence: [stateSentence(arm), ...(next === '' ? [] : [next])].join(' '),
    steps: state === 'completed' ? '' : stepsInShort(arm),
    counts: state === 'completed' || summaryOf(arm).some(hasBrokenOff),
    isOther,
    verdict: verdictOn(beta, response),
    quality: held(response.quality === 'win rate' ? 'win_rate' : 'accuracy'),
    lengthRatio: held('generated_length') / held('reference_generated_length'),
    ended: held('ended'),
    referenceEnded: held('reference_ended'),
    eosDrift: held('eos_drift'),
    kl: held('kl'),
    accuracy: held('accuracy'),
    margin: fromJsonNumber(arm.eval.log_ratio_margin ?? arm.train.log_ratio_margin),
    margins,
    alarms: gravest(arm),
    actions: [
      'open',
      ...(isLive(state) ? (['stop'] as const) : []),
      ...(isResumable(arm) ? (['resume'] as const) : []),
    ],
  };
}

function gravest({ alarms, train, eval: held }: ArmDetails): SweepArm['alarms'] {
  return gravestOfEach(alarms)
    .filter(({ severity }) => severity !== 'info')
    .map((alarm) => ({
      severity: alarm.severity,
      short: alarmInShort(alarm),
      message: [`Step ${alarm.step}: ${alarm.message}`, figuresNow(alarm, { train, eval: held })]
        .filter(Boolean)
        .join(' '),
    }));
}

function verdictOn(beta: number, response: BetaResponse): SweepArm['verdict'] {
  const { betas, chances, recommended } = response;
  const row = betas.find((candidate) => candidate.beta === beta);
  if (row?.degenerate !== undefined) return 'past the cliff';
  if (row && row.beta === recommended) return 'take this';
  if (!row || chances.length === 0) return '';
  return chances.some((open) => open.beta === beta) ? 'not excluded' : 'worse';
}

type Placed = Pick<ArmDetails, 'id' | 'run'>;

/** Largest beta first; arms that cannot be read last. */
export function byBetaAndSeed(a: Placed, b: Placed): number {
  const [first, second] = [a, b].map(({ run }) => run && armOf(run));
  if (!first || !second) return first ? -1 : second ? 1 : a.id < b.id ? -1 : 1;
  return byNumber(second.beta, first.beta) || byNumber(first.seed, second.seed) || (a.id < b.id ? -1 : 1);
}
