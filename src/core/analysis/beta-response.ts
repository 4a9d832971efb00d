import { fromJsonNumber, type MetricName } from '../runs/format';
import type { ArmSummary } from '../sweeps/format';
import { moreSeeds, type NextRuns, nextRuns } from './next-runs';

/** What a sweep says about beta. */
export interface BetaResponse {
  /** What betas are compared by: the judge's verdict where there is one. */
  readonly quality: 'win rate' | 'held-out accuracy';
  /** Largest beta first. */
  readonly betas: readonly BetaRow[];
  /** The beta to take, where the arms decide: the largest of those that cannot be told from the best. */
  readonly recommended: number | undefined;
  /** What the arms show, in a sentence or two. */
  readonly verdict: string;
  /** What to run next, where the arms do not decide. */
  readonly next: NextRuns | undefined;
}

/** The arms of one beta: means over seeds. */
export interface BetaRow {
  readonly beta: number;
  readonly seeds: number;
  /** NaN where it was not measured. */
  readonly quality: number;
  /** Standard error of the mean over seeds; NaN for a single seed. */
  readonly qualityError: number;
  /** Tokens of a generated text, policy divided by reference. */
  readonly lengthRatio: number;
  /** Share of generated texts that end by themselves. */
  readonly ended: number;
  readonly referenceEnded: number;
  /** Nats. */
  readonly eosDrift: number;
  /** Nats a token. */
  readonly kl: number;
  readonly accuracy: number;
  /** Of the last training step logged. */
  readonly trainLoss: number;
  /** Why this beta is past the cliff, in words; undefined where it is not. */
  readonly degenerate: string | undefined;
}

/** Texts this much longer than the reference's are run-on (RUN006). */
const LONG = 1.5;
/** Texts that end by themselves this much less often than the reference's do not know how to stop (RUN006). */
const ENDING = 0.9;

/**
 * Reads the dose-response curve of beta off the arms of a sweep. Arms that did not complete do not count. Raw rewards are
 * not looked at: they grow with beta itself.
 */
export function betaResponse(arms: readonly ArmSummary[]): BetaResponse {
  const completed = arms.filter(({ state }) => state === 'completed');
  const judged = completed.some(({ eval: held }) => held.win_rate !== undefined);
  const quality = judged ? 'win rate' : 'held-out accuracy';
  const metric: MetricName = judged ? 'win_rate' : 'accuracy';
  const values = [...new Set(completed.map(({ beta }) => beta))].sort((a, b) => b - a);
  const betas = values.map((beta) =>
    rowOf(
      beta,
      completed.filter((arm) => arm.beta === beta),
      metric,
    ),
  );
  return { quality, betas, ...decide(betas, quality) };
}

function rowOf(beta: number, arms: readonly ArmSummary[], metric: MetricName): BetaRow {
  const held = (name: MetricName): number[] => arms.map((arm) => fromJsonNumber(arm.eval[name]));
  const qualities = held(metric);
  const ended = mean(held('ended'));
  const referenceEnded = mean(held('reference_ended'));
  const lengthRatio = mean(held('generated_length')) / mean(held('reference_generated_length'));
  return {
    beta,
    seeds: arms.length,
    quality: mean(qualities),
    qualityError: standardError(qualities),
    lengthRatio,
    ended,
    referenceEnded,
    eosDrift: mean(held('eos_drift')),
    kl: mean(held('kl')),
    accuracy: mean(held('accuracy')),
    trainLoss: mean(arms.map((arm) => fromJsonNumber(arm.train.loss))),
    degenerate: degeneration(ended, referenceEnded, lengthRatio),
  };
}

function degeneration(ended: number, referenceEnded: number, lengthRatio: number): string | undefined {
  if (ended < ENDING * referenceEnded) {
    return `only ${percent(ended)} of its texts end by themselves (reference: ${percent(referenceEnded)})`;
  }
  return lengthRatio > LONG
    ? `its texts are ${lengthRatio.toFixed(1)} times as long as the reference's`
    : undefined;
}

type Decision = Pick<BetaResponse, 'recommended' | 'verdict' | 'next'>;

function decide(betas: readonly BetaRow[], quality: string): Decision {
  const sound = betas.filter((row) => row.degenerate === undefined && Number.isFinite(row.quality));
  const best = sound.reduce<BetaRow | undefined>(
    (top, row) => (top && top.quality >= row.quality ? top : row),
    undefined,
  );
  if (!best) {
    const why =
      betas.length === 0
        ? 'No arm has completed.'
        : betas.every((row) => row.degenerate !== undefined)
          ? 'Every beta of the grid is past the cliff: the texts no longer end as the reference ends them.'
          : 'Nothing was measured by which betas could be compared: hold pairs out, or name probes and a judge.';
    return { recommended: undefined, verdict: why, next: nextRuns(betas, undefined) };
  }
  const plateau = sound.filter((row) => !isWorse(row, best));
  const cliff = betas.find((row) => row.degenerate !== undefined && row.beta < best.beta);
  const edge =
    betas[0]?.beta === best.beta ? 'largest' : betas.at(-1)?.beta === best.beta ? 'smallest' : undefined;
  const measuredBest = `${quality} is best at beta ${best.beta} (${percent(best.quality)}${spread(best)})`;
  const below = cliff ? ` At beta ${cliff.beta} ${cliff.degenerate}.` : '';
  const next = nextRuns(betas, best);
  if (betas.some(({ seeds }) => seeds < 2)) {
    return {
      recommended: undefined,
      verdict: `${capital(measuredBest)}, but with one seed a difference cannot be told from chance.${below}`,
      next,
    };
  }
  if (betas.length > 1 && plateau.length === sound.length && !cliff) {
    return {
      recommended: undefined,
      verdict: `${capital(measuredBest)}, but no beta is worse than that by more than two standard errors: the arms do not decide.`,
      next: moreSeeds(sound),
    };
  }
  if (betas.length > 1 && edge) {
    return {
      recommended: undefined,
      verdict: `${capital(measuredBest)}, the ${edge} of the grid: the best may lie beyond it.${below}`,
      next,
    };
  }
  const recommended = Math.max(...plateau.map(({ beta }) => beta));
  const why =
    recommended === best.beta
      ? ''
      : ` Beta ${recommended} cannot be told from it and stays closer to the reference.`;
  return { recommended, verdict: `${capital(measuredBest)}.${why}${below}`, next: undefined };
}

/** By more than two standard errors of the difference. */
function isWorse(row: BetaRow, best: BetaRow): boolean {
  const error = Math.hypot(row.qualityError, best.qualityError);
  return Number.isFinite(error) && best.quality - row.quality > 2 * error;
}

function spread({ seeds, qualityError }: BetaRow): string {
  return Number.isFinite(qualityError) ? ` ± ${(100 * qualityError).toFixed(1)} % over ${seeds} seeds` : '';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the mean, from the sample standard deviation. */
function standardError(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
