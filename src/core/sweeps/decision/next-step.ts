import { gridAround } from '../grid';
import { Comparison } from './decide';
import { AS_IT_IS, type Growth, type Knowledge, type Outlook, outlook } from './expected-loss';
import type { OutcomeTable } from './outcomes';

/** What the decision lacks most. */
export interface NextStep {
  readonly kind: 'answers' | 'prompts' | 'seeds' | 'betas';
  /** Betas that get more, or that are new; largest first. */
  readonly betas: readonly number[];
  /** Of each beta in all. */
  readonly seeds: number;
  /** Answers a prompt in all. */
  readonly answers: number;
  readonly prompts: number;
  /** Expected loss now and afterwards: shares. */
  readonly lossNow: number;
  readonly lossAfter: number;
  readonly minutes: number;
}

export interface Costs {
  /** Minutes that one training takes. */
  readonly run: number;
  /** Minutes that one judged answer takes; a two-thousandth of a training where it was not measured. */
  readonly answer?: number;
}

export interface Prospects {
  /** Of each open beta, the chance to be the best of those tried; largest beta first. */
  readonly chances: readonly { readonly beta: number; readonly chance: number }[];
  readonly next: NextStep | undefined;
}

/** A prompt has to be written: half a minute of a person's time. */
const MINUTES_A_PROMPT = 0.5;
const ENOUGH_ANSWERS = 10;
const FEWEST_SEEDS = 3;

/**
 * The chance of each open beta to be the best, and what shrinks the expected loss most a minute: more answers a prompt,
 * more prompts, more seeds, or betas beyond the edge of the grid.
 *
 * @param open betas that are not excluded; at least one
 */
export function prospects(table: OutcomeTable, open: readonly number[], costs: Costs): Prospects {
  if (hasOneSeed(table)) return { chances: [], next: afterOneSeed(table, open, costs) };
  const betas = table.betas.filter(({ beta }) => open.includes(beta));
  const comparison = new Comparison({ ...table, betas }, [...table.prompts.keys()]);
  const [largest, smallest] = [table.betas[0]?.beta ?? 0, table.betas.at(-1)?.beta ?? 0];
  const isAtEdge = (beta: number): boolean =>
    table.betas.length > 1 && (beta === largest || beta === smallest);
  const knowledge: Knowledge = {
    estimates: comparison.estimates,
    noise: comparison.noise,
    within: withinOf(table),
    beyond: betas.flatMap(({ beta }, index) => (isAtEdge(beta) ? [index] : [])),
    roughness: roughnessOf(table),
  };
  const now = outlook(knowledge, AS_IT_IS);
  const chances = betas.map(({ beta }, index) => ({ beta, chance: now.chances[index] ?? 0 }));
  const edges = betas.map(({ beta }) => beta).filter(isAtEdge);
  const steps = options({ table, open, edges, costs, knowledge, now });
  return { chances, next: bestStep(steps) };
}

/** What one seed says of chances is nothing: how much trainings differ would have to be assumed. */
function hasOneSeed({ betas }: OutcomeTable): boolean {
  return betas.every(({ arms }) => arms.length < 2);
}

/** Betas beyond the edge where the highest win rate lies there; else more seeds of those that are not clearly behind. */
function afterOneSeed(table: OutcomeTable, open: readonly number[], { run }: Costs): NextStep {
  const { estimates } = new Comparison(table, [...table.prompts.keys()]);
  const best = estimates.reduce((top, one) => (one.mean > top.mean ? one : top)).beta;
  const isAtEdge =
    table.betas.length > 1 && (best === table.betas[0]?.beta || best === table.betas.at(-1)?.beta);
  const answers = Math.round(Math.max(...table.betas.flatMap(({ arms }) => arms.map((arm) => arm.answers))));
  const here = { answers, prompts: table.prompts.length, lossNow: 0, lossAfter: 0 };
  if (!isAtEdge) {
    const runs = open.length * (FEWEST_SEEDS - 1);
    return { ...here, kind: 'seeds', betas: open, seeds: FEWEST_SEEDS, minutes: runs * run };
  }
  const betas = beyondEdge(best, table);
  return { ...here, kind: 'betas', betas, seeds: 1, minutes: betas.length * run };
}

/** A gain below this share is none: what is missing then is proof. */
export const LEAST_GAIN = 0.0005;

/** The step with the largest gain a minute; where none gains, what the proof lacks: a second seed, else prompts. */
function bestStep(steps: readonly NextStep[]): NextStep | undefined {
  const gaining = steps.filter(({ lossNow, lossAfter }) => lossNow - lossAfter >= LEAST_GAIN);
  if (gaining.length > 0) return gaining.reduce((top, step) => (worth(step) > worth(top) ? step : top));
  const lacking = steps.some(({ kind, seeds }) => kind === 'answers' && seeds < 2) ? 'seeds' : 'prompts';
  return steps.find(({ kind }) => kind === lacking);
}

interface Situation {
  readonly table: OutcomeTable;
  readonly open: readonly number[];
  readonly edges: readonly number[];
  readonly costs: Costs;
  readonly knowledge: Knowledge;
  readonly now: Outlook;
}

/** What could be done, each with what it costs and brings. */
function options({ table, open, edges, costs, knowledge, now }: Situation): NextStep[] {
  const { run, answer = run / 2000 } = costs;
  const ofOpen = table.betas.filter(({ beta }) => open.includes(beta));
  const arms = ofOpen.flatMap((beta) => beta.arms);
  const answers = Math.max(...arms.map((arm) => arm.answers));
  const seeds = Math.max(...ofOpen.map((beta) => beta.arms.length));
  const prompts = table.prompts.length;
  const here = { betas: open, seeds, answers: Math.round(answers), prompts, lossNow: now.loss };
  const after = (growth: Partial<Growth>): number => outlook(knowledge, { ...AS_IT_IS, ...growth }).loss;
  const moreAnswers = Math.max(ENOUGH_ANSWERS, Math.round(2 * answers));
  const moreSeeds = Math.max(FEWEST_SEEDS, seeds + 2);
  const newRuns = ofOpen.reduce((sum, beta) => sum + moreSeeds - beta.arms.length, 0);
  const policyMinutes = run + prompts * answers * answer;
  const found: NextStep[] = [
    {
      ...here,
      kind: 'answers',
      answers: moreAnswers,
      lossAfter: after({ answers: moreAnswers / answers }),
      minutes: arms.length * prompts * (moreAnswers - answers) * answer,
    },
    {
      ...here,
      kind: 'prompts',
      prompts: 2 * prompts,
      lossAfter: after({ prompts: 2 }),
      minutes: arms.length * prompts * answers * answer + prompts * MINUTES_A_PROMPT,
    },
    {
      ...here,
      kind: 'seeds',
      seeds: moreSeeds,
      lossAfter: after({ seeds: (moreSeeds * ofOpen.length) / arms.length }),
      minutes: newRuns * policyMinutes,
    },
  ];
  const ofEdges = edges.map((beta): NextStep => {
    const beyond = beyondEdge(beta, table);
    const others = knowledge.beyond.filter((index) => knowledge.estimates[index]?.beta !== beta);
    return {
      ...here,
      kind: 'betas',
      betas: beyond,
      lossAfter: outlook({ ...knowledge, beyond: others }, AS_IT_IS).loss,
      minutes: beyond.length * seeds * policyMinutes,
    };
  });
  return [...found, ...ofEdges];
}

function worth({ lossNow, lossAfter, minutes }: NextStep): number {
  return (lossNow - lossAfter) / minutes;
}

function beyondEdge(beta: number, { betas }: OutcomeTable): number[] {
  const isLargest = beta === betas[0]?.beta;
  return gridAround(beta).filter((value) => (isLargest ? value > beta : value < beta));
}

/** Root mean square of the steps between neighbours. */
function roughnessOf(table: OutcomeTable): number {
  const { estimates } = new Comparison(table, [...table.prompts.keys()]);
  const steps = estimates.slice(1).map(({ mean }, index) => mean - (estimates[index]?.mean ?? 0));
  return Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / Math.max(1, steps.length));
}

/** Measured where a prompt has several answers; else the largest that the win rates allow. */
function withinOf({ betas }: OutcomeTable): number {
  const arms = betas.flatMap((beta) => beta.arms);
  const measured = arms.flatMap(({ within }) => (Number.isFinite(within) ? [within] : []));
  if (measured.length > 0) return measured.reduce((sum, value) => sum + value, 0) / measured.length;
  const rates = arms.map(({ means }) => means.reduce((sum, value) => sum + value, 0) / means.length);
  return rates.reduce((sum, rate) => sum + rate * (1 - rate), 0) / Math.max(1, rates.length);
}
