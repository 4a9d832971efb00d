import { isLive } from '../runs/liveness';
import { armOf } from '../runs/read-files';
import { meanDuration } from '../runs/time-left';
import type { BetaResponse } from '../sweeps/beta-response';
import { isSound } from '../sweeps/beta-zones';
import { missingArms } from '../sweeps/missing-arms';
import { nextWords } from '../sweeps/next-words';
import { count, listed } from '../words/counts';
import { decimal, duration, percent } from '../words/numbers';
import type { ArmDetails } from './sweep-arm';

/** What a reader has come for. */
export interface SweepAnswer {
  readonly kind: 'decided' | 'undecided' | 'running' | 'nothing';
  /** `Take beta 0.2`. */
  readonly headline: string;
  /** The evidence, in a few sentences. */
  readonly evidence: string;
  /** The beta that stands in the headline, to be written into the config. */
  readonly beta?: number;
  /** What to do next; absent while arms are running, which may answer it. */
  readonly next?: NextStep;
}

export interface NextStep {
  /** Largest first. */
  readonly betas: readonly number[];
  /** Seeds of each in all. */
  readonly seeds: number;
  /** Arms that do not exist yet: 0 where answers or prompts are missing and not trainings. */
  readonly runs: number;
  /** `Beta 1, 0.2 and 0.04 with 3 seeds each: 6 more runs, about 2 min.` */
  readonly words: string;
}

export function sweepAnswer(response: BetaResponse, arms: readonly ArmDetails[]): SweepAnswer {
  const { recommended, verdict } = response;
  const best = bestSoFar(response);
  const live = arms.filter(({ state }) => isLive(state));
  if (live.length > 0) {
    const headline = best ? bestInWords(best) : 'Training: no win rates to compare yet';
    const soFar = response.betas.length === 0 ? '' : `${verdict} `;
    return { kind: 'running', headline, ...named(best?.beta), evidence: `${soFar}${waiting(live)}` };
  }
  const evidence = [verdict, ...lost(arms)].join(' ');
  const next = nextStep(response, arms);
  const open = next && { next };
  if (recommended !== undefined) {
    return {
      kind: 'decided',
      headline: `Take beta ${decimal(recommended)}`,
      beta: recommended,
      evidence,
      ...open,
    };
  }
  if (response.betas.length > 0) {
    return {
      kind: 'undecided',
      headline: best ? bestInWords(best) : whyOpen(response),
      ...named(best?.beta),
      evidence,
      ...open,
    };
  }
  const error = arms.flatMap(({ status }) => status?.error ?? [])[0];
  const why =
    error ?? 'The arms were stopped or interrupted. Resume them, or open one to see how far it came.';
  return { kind: 'nothing', headline: 'No arm has completed', evidence: why, ...open };
}

export interface BestBeta {
  readonly beta: number;
  /** A share. */
  readonly winRate: number;
  readonly seeds: number;
}

/** The beta with the highest win rate; undefined where no two betas have one to compare. */
export function bestSoFar({ betas, quality }: BetaResponse): BestBeta | undefined {
  const [first, ...others] = quality === 'win rate' ? betas.filter(isSound) : [];
  if (!first || betas.length < 2) return undefined;
  const best = others.reduce((top, row) => (row.quality > top.quality ? row : top), first);
  return { beta: best.beta, winRate: best.quality, seeds: best.seeds };
}

/** `Best so far: beta 0.2 (70 % win rate, 1 seed)`. */
export function bestInWords({ beta, winRate, seeds }: BestBeta): string {
  return `Best so far: beta ${decimal(beta)} (${percent(winRate)} win rate, ${count(seeds, 'seed')})`;
}

function named(beta: number | undefined): Pick<SweepAnswer, 'beta'> {
  return beta === undefined ? {} : { beta };
}

function whyOpen({ betas, quality }: BetaResponse): string {
  if (betas.every(({ degenerate }) => degenerate !== undefined)) return 'All betas tried are too small';
  return quality === 'win rate'
    ? 'One beta tried: nothing to compare yet'
    : 'No win rates: nothing to choose by';
}

/** `1 running, 4 queued.` */
function waiting(live: readonly ArmDetails[]): string {
  const queued = live.filter(({ state }) => state === 'queued').length;
  const parts = [
    ...(live.length > queued ? [`${live.length - queued} running`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
  ];
  return `${parts.join(', ')}.`;
}

/** Arms that do not count, and could. */
function lost(arms: readonly ArmDetails[]): string[] {
  const number = arms.filter(({ state }) => state === 'failed' || state === 'interrupted').length;
  return number === 0
    ? []
    : [`${count(number, 'arm')} did not complete: resume ${number === 1 ? 'it' : 'them'} to know more.`];
}

function nextStep({ next }: BetaResponse, arms: readonly ArmDetails[]): NextStep | undefined {
  if (!next) return undefined;
  const { betas, seeds } = next;
  if (next.kind === 'answers' || next.kind === 'prompts')
    return { betas, seeds, runs: 0, words: nextWords(next) };
  const existing = arms
    .flatMap(({ run, state }) => (run ? [{ ...armOf(run), state }] : []))
    .filter(({ seed }) => !Number.isNaN(seed));
  const runs = missingArms(next, existing, 0).length;
  if (runs === 0) return undefined;
  const each = meanDuration(arms);
  const time = each === undefined ? '' : `, about ${duration(each * runs)}`;
  const ofEach = seeds === 1 ? '' : ` with ${seeds} seeds each`;
  const why = 'lossNow' in next ? ` ${nextWords(next)}` : '';
  const words = `Beta ${listed(betas.map(String))}${ofEach}: ${count(runs, 'more run')}${time}.${why}`;
  return { betas, seeds, runs, words };
}
