import { mixSeeds, SeededRandom } from '../../../src/core/seeded-random';
import { nextRound } from '../../../src/core/sweeps/adaptive-round';
import type { JudgedArm } from '../../../src/core/sweeps/judged-arm';
import { CURVES, type TrueCurve } from '../verdict/curves';
import { normalDistribution } from '../verdict/normal';
import { normalTable } from '../verdict/tables';
import { sweepOf, USUAL } from '../verdict/truth';

/** Betas of a grid, each of `SEEDS` seeds, by 90 prompts and ten answers: what an exhaustive sweep trains. */
const GRID = 10;
const SEEDS = 3;
const PROMPTS = 90;
const ANSWERS = 10;
/** Of the exhaustive sweep's runs. */
const BUDGET = 0.4;
const TOLERANCE = 2;

/** Without the two that were made so that all other betas lose just more than the tolerance: no budget tells those apart. */
const MISLEADING: ReadonlySet<string> = new Set(['all others just too bad', 'noisy neighbour']);
const TRUE_CURVES = CURVES.filter(({ name }) => !MISLEADING.has(name));

export interface Outcome {
  readonly curve: string;
  /** The beta that the sweep ends with, and what it loses to the best of the grid: a share. */
  readonly beta: number | undefined;
  readonly loss: number;
  /** Of the exhaustive sweep's runs. */
  readonly compute: number;
  readonly rounds: readonly string[];
}

/** An adaptive sweep of a true curve, read at ten betas. Answers cost the same a run, so runs are the compute. */
export function adaptiveSweep(index: number): Outcome {
  const curve = finer(TRUE_CURVES[index % TRUE_CURVES.length] as TrueCurve);
  const best = Math.max(...curve.betas.map(({ winRate }) => winRate));
  const truth = new Draws(curve, index);
  const arms: JudgedArm[] = [];
  const rounds: string[] = [];
  const budget = Math.floor(BUDGET * GRID * SEEDS);
  for (;;) {
    const round = nextRound({
      grid: curve.betas.map(({ beta }) => beta),
      seeds: Array.from({ length: SEEDS }, (_, seed) => seed),
      arms,
      settings: { tolerance: TOLERANCE, costs: { run: 1 } },
      left: budget - arms.length,
    });
    rounds.push(round.why);
    if (round.kind === 'end') {
      const loss = round.beta === undefined ? best : best - truth.rateOf(round.beta);
      return { curve: curve.name, beta: round.beta, loss, compute: arms.length / (GRID * SEEDS), rounds };
    }
    for (const { beta, seed } of round.arms) arms.push(truth.arm(beta, seed));
  }
}

/** The curve read at ten betas, even in the logarithm; straight between the points. */
function finer({ name, betas }: TrueCurve): TrueCurve {
  const points = betas.map(({ beta, winRate, training }) => ({ x: Math.log(beta), winRate, training }));
  const [from, to] = [points[0]?.x ?? 0, points.at(-1)?.x ?? 0];
  return {
    name,
    betas: Array.from({ length: GRID }, (_, index) => {
      const x = from + ((to - from) * index) / (GRID - 1);
      return { beta: Number(Math.exp(x).toPrecision(3)), ...interpolated(points, x) };
    }),
  };
}

interface Point {
  readonly x: number;
  readonly winRate: number;
  readonly training: number;
}

/** Beyond an end the curve falls on as it does there, by a point a step at least. */
function interpolated(points: readonly Point[], x: number): Omit<Point, 'x'> {
  const next = points.findIndex((point) => point.x <= x + 1e-9);
  const [a, b] = [
    points[Math.max(0, next - 1)] as Point,
    points[next < 0 ? points.length - 1 : next] as Point,
  ];
  if (next <= 0 || a === b) {
    const end = next < 0 ? (points.at(-1) as Point) : (points[0] as Point);
    const distance = Math.abs(x - end.x);
    return { winRate: Math.max(0.05, end.winRate - 0.02 * distance), training: end.training };
  }
  const share = (a.x - x) / (a.x - b.x);
  return {
    winRate: a.winRate + share * (b.winRate - a.winRate),
    training: a.training + share * (b.training - a.training),
  };
}

/** Arms are the same whenever they are trained; arms of a sweep share their prompts. */
class Draws {
  readonly #points: readonly Point[];
  readonly #effects: Float64Array;

  constructor(
    private readonly curve: TrueCurve,
    private readonly key: number,
  ) {
    this.#points = curve.betas.map(({ beta, winRate, training }) => ({
      x: Math.log(beta),
      winRate,
      training,
    }));
    const next = this.#normals(0);
    this.#effects = new Float64Array(PROMPTS).map(() => USUAL.prompt * next());
  }

  rateOf(beta: number): number {
    return interpolated(this.#points, Math.log(beta)).winRate;
  }

  arm(beta: number, seed: number): JudgedArm {
    const { winRate, training } = interpolated(this.#points, Math.log(beta));
    const { betas } = sweepOf({ name: this.curve.name, betas: [{ beta, winRate, training }] }, USUAL);
    const [own] = betas;
    const ofBeta = this.#normals(Math.round(1e6 * beta));
    const effects = this.#effects.map((effect) => effect + USUAL.betaByPrompt * ofBeta());
    const random = new SeededRandom(mixSeeds(this.key, Math.round(1e6 * beta), 1 + seed));
    const next = this.#normals(Math.round(1e6 * beta), 1 + seed);
    const shift = own?.trained(random, next) ?? 0;
    let sum = 0;
    const outcomes = [...effects].map((effect, prompt) => {
      const wins = normalDistribution((own?.level ?? 0) + effect + shift + USUAL.trainingByPrompt * next());
      const ties = 2 * USUAL.ties * wins * (1 - wins);
      const answers = Array.from({ length: ANSWERS }, () => {
        const draw = random.next();
        return draw < ties ? 0.5 : draw < ties + wins - ties / 2 ? 1 : 0;
      });
      sum += answers.reduce((all: number, answer) => all + answer, 0);
      return [`prompt ${prompt}`, answers] as const;
    });
    const measured = { ended: 1, reference_ended: 1, generated_length: 10, reference_generated_length: 10 };
    return {
      id: `${beta} ${seed}`,
      beta,
      seed,
      state: 'completed',
      step: 1,
      train: {},
      eval: { ...measured, win_rate: sum / PROMPTS / ANSWERS },
      alarms: [],
      outcomes: Object.fromEntries(outcomes),
    };
  }

  #normals(...key: readonly number[]): () => number {
    const random = new SeededRandom(mixSeeds(this.key, 99, ...key));
    const table = normalTable();
    return () => table[Math.floor(random.next() * table.length)] ?? 0;
  }
}
