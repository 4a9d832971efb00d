import { SeededRandom } from '../../../src/core/seeded-random';
import { decide } from '../../../src/core/sweeps/decision/decide';
import type { ArmTable, OutcomeTable } from '../../../src/core/sweeps/decision/outcomes';
import type { TrueCurve } from './curves';

export interface Cell {
  readonly curve: TrueCurve;
  readonly seeds: number;
  readonly prompts: number;
  readonly samples: number;
}

export interface CellResult {
  /** Sweeps in which a beta was taken. */
  readonly taken: number;
  /** Sweeps in which the beta taken loses more than the tolerance to the best. */
  readonly wrong: number;
}

/** Standard deviations on the probit scale: prompts differ, betas differ over prompts, and trainings over prompts. */
const PROMPT = 0.6;
const BETA_BY_PROMPT = 0.15;
const TRAINING_BY_PROMPT = 0.1;
/** Of all answers that are neither nearly sure to win nor to lose. */
const TIES = 0.2;

/** Draws sweeps from a true curve and decides each. */
export function simulateCell(
  { curve, seeds, prompts, samples }: Cell,
  runs: number,
  tolerance: number,
): CellResult {
  const names = Array.from({ length: prompts }, (_, index) => `prompt ${index}`);
  const random = new Normal(seeds * 1_000_003 + prompts * 1009 + samples);
  const best = Math.max(...curve.betas.map(({ winRate }) => winRate));
  let [taken, wrong] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const table = drawTable(curve, names, seeds, samples, random);
    const choice = decide(table, tolerance).taken;
    if (!choice) continue;
    taken++;
    const truth = curve.betas.find(({ beta }) => beta === choice.beta)?.winRate ?? 0;
    if (best - truth > tolerance) wrong++;
  }
  return { taken, wrong };
}

/**
 * One sweep. The chance that an answer wins is Phi(a + noise) with normal noise, for which the mean over the noise is
 * Phi(a / sqrt(1 + variance)): so that the curve's win rate is exact.
 */
function drawTable(
  { betas }: TrueCurve,
  prompts: readonly string[],
  seeds: number,
  samples: number,
  random: Normal,
): OutcomeTable {
  const ofPrompt = prompts.map(() => PROMPT * random.next());
  return {
    prompts,
    betas: betas.map(({ beta, winRate, training }) => {
      const center = probit(winRate);
      const trained = training / density(center);
      const variance = PROMPT ** 2 + BETA_BY_PROMPT ** 2 + TRAINING_BY_PROMPT ** 2;
      // Seen over prompts, a training's shift is damped: so it is made larger to show as much as the curve says.
      const shift = trained * Math.sqrt(1 + variance);
      const middle = center * Math.sqrt(1 + variance + shift ** 2);
      const ofBeta = ofPrompt.map((effect) => middle + effect + BETA_BY_PROMPT * random.next());
      const arms = Array.from({ length: seeds }, () => {
        const ofTraining = shift * random.next();
        return drawArm(ofBeta, ofTraining, samples, random);
      });
      return { beta, arms };
    }),
  };
}

function drawArm(ofBeta: readonly number[], ofTraining: number, samples: number, random: Normal): ArmTable {
  const means = new Float64Array(ofBeta.length);
  let squares = 0;
  ofBeta.forEach((level, index) => {
    const wins = normalDistribution(level + ofTraining + TRAINING_BY_PROMPT * random.next());
    const ties = 2 * TIES * wins * (1 - wins);
    let [sum, square] = [0, 0];
    for (let sample = 0; sample < samples; sample++) {
      const draw = random.uniform();
      const outcome = draw < ties ? 0.5 : draw < ties + wins - ties / 2 ? 1 : 0;
      sum += outcome;
      square += outcome * outcome;
    }
    means[index] = sum / samples;
    squares += square - (sum * sum) / samples;
  });
  const within = samples > 1 ? squares / (ofBeta.length * (samples - 1)) : Number.NaN;
  return { means, answers: samples, within };
}

/** Standard normal numbers from a reproducible stream, by the polar method. */
class Normal {
  readonly #random: SeededRandom;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  uniform(): number {
    return this.#random.next();
  }

  next(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const [x, y] = [2 * this.#random.next() - 1, 2 * this.#random.next() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }
}

/** Abramowitz and Stegun 26.2.17, to 1e-7. */
function normalDistribution(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = density(value) * series;
  return value > 0 ? 1 - tail : tail;
}

function density(value: number): number {
  return Math.exp((-value * value) / 2) / Math.sqrt(2 * Math.PI);
}

function probit(share: number): number {
  let [low, high] = [-8, 8];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalDistribution(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
