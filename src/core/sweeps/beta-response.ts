import type { MetricName } from '../runs/format';
import { type BetaRow, betaRow, hasBrokenOff, isCounted } from './beta-row';
import { type BetaZone, cliffOf, isSound, openZone } from './beta-zones';
import { decide, openBetas, type Proof, safestBeta } from './decision/decide';
import { type Costs, type NextStep, prospects } from './decision/next-step';
import { type ArmOutcomes, type OutcomeTable, outcomeTable } from './decision/outcomes';
import type { JudgedArm } from './judged-arm';
import { betasAbove, type NextRuns } from './next-runs';
import { bestRate, type RateMap, rateMap } from './rate-map';
import { accuracyWords, type Doubted, doubtWords, oneSeedWords, proofWords } from './verdict-words';

export interface DecisionSettings {
  /** What a beta may lose and still be taken: percentage points. */
  readonly tolerance: number;
  readonly costs: Costs;
}

/** `sweep.tolerance`, where a config of an older version does not name it: percentage points. */
export const TOLERANCE = 2;
const DEFAULT_SETTINGS: DecisionSettings = { tolerance: TOLERANCE, costs: { run: 1 } };

/** What a sweep says about beta. */
export interface BetaResponse {
  /** What is drawn over beta: the judge's verdict where there is one. Held-out accuracy never decides. */
  readonly quality: 'win rate' | 'held-out accuracy';
  /** Largest beta first. */
  readonly betas: readonly BetaRow[];
  /** Over the learning rate, too, where arms have several. */
  readonly map?: RateMap;
  /** Betas that are too small. */
  readonly cliff: BetaZone | undefined;
  /** Betas that are not shown to be worse than another. */
  readonly open: BetaZone | undefined;
  /** Of each open beta, the chance to be the best of those tried. */
  readonly chances: readonly { readonly beta: number; readonly chance: number }[];
  /** The beta to take, where it is proven. */
  readonly recommended: number | undefined;
  readonly proof: Proof | undefined;
  /** The beta that loses least at worst, proven or not. */
  readonly safest: number | undefined;
  /** What the arms show, in a few sentences. */
  readonly verdict: string;
  /** What to do next, where the arms do not decide or the best may lie beyond the grid. */
  readonly next: NextStep | (NextRuns & { readonly kind: 'betas' }) | undefined;
}

/**
 * Reads the dose-response curve of beta off the arms of a sweep. Arms count that completed, or were stopped because their
 * texts no longer ended; betas past the cliff are not compared. Raw rewards are not read: they grow with beta itself.
 */
export function betaResponse(
  arms: readonly JudgedArm[],
  settings: DecisionSettings = DEFAULT_SETTINGS,
): BetaResponse {
  const map = rateMap(arms.filter(isCounted), settings.tolerance);
  if (!map) return responseOf(arms, settings);
  // Over beta, each at the rate that does best there; what is taken is decided over both.
  const response = responseOf(
    arms.filter((arm) => arm.learningRate === bestRate(map, arm.beta)),
    settings,
  );
  const { proof, verdict } = map;
  const ending = [response.cliff?.reason ?? '', accuracyWords(response.betas)].filter(
    (words) => words !== '',
  );
  return {
    ...response,
    map,
    proof,
    recommended: proof?.beta,
    verdict: [verdict, ...ending].join(' '),
    chances: [],
    next: undefined,
  };
}

function responseOf(arms: readonly JudgedArm[], settings: DecisionSettings): BetaResponse {
  const counted = arms.filter(isCounted);
  const judged = counted.some(({ eval: held }) => held.win_rate !== undefined);
  const metric: MetricName = judged ? 'win_rate' : 'accuracy';
  const values = [...new Set(counted.map(({ beta }) => beta))].sort((a, b) => b - a);
  const betas = values.map((beta) => betaRow(beta, ofBeta(counted, beta), metric));
  const sound = betas.filter(isSound);
  const best = sound.reduce<BetaRow | undefined>(
    (top, row) => (top && top.quality >= row.quality ? top : row),
    undefined,
  );
  const cliff = cliffOf(betas, best);
  const table = outcomeTable(comparable(counted, sound));
  const open = table.prompts.length > 0 ? openBetas(table) : [];
  return {
    quality: judged ? 'win rate' : 'held-out accuracy',
    betas,
    cliff,
    open: openZone(open),
    safest: table.betas.length > 1 && table.prompts.length > 0 ? safestBeta(table) : undefined,
    ...verdictOn({ table, betas, sound, judged, open, cliff }, settings),
  };
}

/** Arms whose answers are judged one by one, of betas that are not past the cliff. */
function comparable(arms: readonly JudgedArm[], sound: readonly BetaRow[]): ArmOutcomes[] {
  return arms.flatMap((arm) => {
    const isOfUse = !hasBrokenOff(arm) && sound.some(({ beta }) => beta === arm.beta);
    const { beta, seed, outcomes } = arm;
    return isOfUse && outcomes && Object.keys(outcomes).length > 0 ? [{ beta, seed, outcomes }] : [];
  });
}

interface Compared {
  readonly table: OutcomeTable;
  readonly betas: readonly BetaRow[];
  readonly sound: readonly BetaRow[];
  readonly judged: boolean;
  readonly open: readonly number[];
  readonly cliff: BetaZone | undefined;
}

type Verdict = Pick<BetaResponse, 'chances' | 'recommended' | 'proof' | 'verdict' | 'next'>;

function verdictOn(compared: Compared, { tolerance, costs }: DecisionSettings): Verdict {
  const { table, betas, sound, judged, open, cliff } = compared;
  const { taken, doubt = 'not shown' } = decide(table, tolerance / 100);
  const nothing = { chances: [], recommended: undefined, proof: undefined };
  if (table.prompts.length === 0 || open.length === 0) {
    return { ...nothing, verdict: whyNone(betas, sound, judged), next: pastCliff(betas) };
  }
  const { chances, next } = prospects(table, open, costs);
  const ending = [...(cliff ? [cliff.reason] : []), accuracyWords(betas)].filter((words) => words !== '');
  if (!taken) {
    const doubted: Doubted = { doubt, tolerance, chances, prompts: table.prompts.length };
    const said =
      doubt === 'one seed' ? oneSeedWords(winRates(table), open, table.prompts.length) : doubtWords(doubted);
    const verdict = [said, ...ending].join(' ');
    return { chances, recommended: undefined, proof: undefined, verdict, next };
  }
  const edge = edgeOf(taken.beta, table);
  const seeds = table.betas.find(({ beta }) => beta === taken.beta)?.arms.length ?? 0;
  return {
    chances,
    recommended: taken.beta,
    proof: taken,
    verdict: [proofWords(taken, tolerance, seeds, edge), ...ending].join(' '),
    next: edge && next?.kind === 'betas' ? next : undefined,
  };
}

/** Means over prompts and seeds. */
function winRates({ betas, prompts }: OutcomeTable): { readonly beta: number; readonly winRate: number }[] {
  return betas.map(({ beta, arms }) => {
    const sum = arms.reduce((all, { means }) => all + means.reduce((own, value) => own + value, 0), 0);
    return { beta, winRate: sum / arms.length / prompts.length };
  });
}

/** Which end of the betas compared it is, if any. */
function edgeOf(beta: number, { betas }: OutcomeTable): 'largest' | 'smallest' | undefined {
  if (beta === betas[0]?.beta) return 'largest';
  return beta === betas.at(-1)?.beta ? 'smallest' : undefined;
}

function ofBeta(arms: readonly JudgedArm[], beta: number): JudgedArm[] {
  return arms.filter((arm) => arm.beta === beta);
}

function isPastCliff(betas: readonly BetaRow[]): boolean {
  return betas.length > 0 && betas.every(({ degenerate }) => degenerate !== undefined);
}

function pastCliff(betas: readonly BetaRow[]): BetaResponse['next'] {
  const [largest] = betas;
  if (!largest || !isPastCliff(betas)) return undefined;
  return { kind: 'betas', betas: betasAbove(largest.beta), seeds: largest.seeds };
}

function whyNone(betas: readonly BetaRow[], sound: readonly BetaRow[], judged: boolean): string {
  if (betas.length === 0) return 'No arm has completed.';
  if (isPastCliff(betas)) {
    return 'Every beta of the grid is past the cliff: the texts no longer end as the reference ends them.';
  }
  if (judged) {
    return 'Win rates are known only as means, or no prompt was answered by all arms, so betas cannot be compared prompt by prompt. Judge the saved policies again on the same prompts.';
  }
  const missing = 'No answers were judged: name probes (evaluation.probes) and a judge (evaluation.judge).';
  return sound.length === 0 ? missing : `${missing} ${accuracyWords(betas)}`;
}
