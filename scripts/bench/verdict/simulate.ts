import { mixSeeds, SeededRandom } from '../../../src/core/seeded-random';
import { decide } from '../../../src/core/sweeps/decision/decide';
import type { ArmTable, OutcomeTable } from '../../../src/core/sweeps/decision/outcomes';
import { ANSWERS, CELLS, type Cell, MOST_PROMPTS, PROMPTS, SEEDS } from './cells';
import { answerTables, normalTable } from './tables';
import type { TrueSweep, Truth } from './truth';

/** Sweeps of one true curve in which a beta was taken, and a wrong one: one a cell, in the order of `CELLS`. */
export interface Counts {
  readonly taken: number[];
  readonly wrong: number[];
}

/**
 * Draws sweeps and decides each, as all cells see it: a cell has the first seeds, prompts and answers of the largest one.
 * Cells of a sweep share their draws; each cell for itself has independent sweeps.
 *
 * @param first number of the first sweep; sweeps of the same number are the same
 */
export function simulate(truth: Truth, first: number, runs: number, tolerance: number): Counts {
  const counts: Counts = { taken: CELLS.map(() => 0), wrong: CELLS.map(() => 0) };
  for (let run = first; run < first + runs; run++) {
    const random = new SeededRandom(mixSeeds(truth.key, run));
    const sweep = truth.draw(random);
    const means = drawMeans(sweep, random);
    const rates = sweep.betas.map(({ winRate }) => winRate);
    const best = Math.max(...rates);
    CELLS.forEach((cell, index) => {
      const choice = decide(tableOf(sweep, means, cell), tolerance).taken;
      if (!choice) return;
      counts.taken[index] = (counts.taken[index] ?? 0) + 1;
      const loss = best - (rates[sweep.betas.findIndex(({ beta }) => beta === choice.beta)] ?? 0);
      if (loss > tolerance) counts.wrong[index] = (counts.wrong[index] ?? 0) + 1;
    });
  }
  return counts;
}

/** By beta, seed and number of answers: the mean outcome of each prompt. */
type Means = readonly (readonly (readonly Float64Array[])[])[];

/**
 * The chance that an answer wins is Phi(a + noise) with normal noise; `Truth` gives the a for which the mean over the
 * noise is the true win rate.
 */
function drawMeans({ betas, spread }: TrueSweep, random: SeededRandom): Means {
  const normal = normalTable();
  const tables = answerTables(spread.ties);
  const next = (): number => normal[Math.floor(random.next() * normal.length)] ?? 0;
  const ofPrompt = new Float64Array(MOST_PROMPTS).map(() => spread.prompt * next());
  const most = SEEDS.at(-1) ?? 1;
  return betas.map(({ level, trained }) => {
    const ofBeta = ofPrompt.map((effect) => level + effect + spread.betaByPrompt * next());
    return Array.from({ length: most }, () => {
      const shift = trained(random, next);
      const means = ANSWERS.map(() => new Float64Array(MOST_PROMPTS));
      for (let prompt = 0; prompt < MOST_PROMPTS; prompt++) {
        const place = tables.placeOf((ofBeta[prompt] ?? 0) + shift + spread.trainingByPrompt * next());
        let sum = 0;
        for (let stage = 0; stage < ANSWERS.length; stage++) {
          sum += tables.draw(stage, place, random.next());
          (means[stage] as Float64Array)[prompt] = sum / (ANSWERS[stage] ?? 1);
        }
      }
      return means;
    });
  });
}

const NAMES = Array.from({ length: MOST_PROMPTS }, (_, index) => `prompt ${index}`);
const NAMES_OF = new Map(PROMPTS.map((count) => [count, NAMES.slice(0, count)]));

function tableOf({ betas }: TrueSweep, means: Means, { seeds, prompts, answers }: Cell): OutcomeTable {
  const stage = ANSWERS.indexOf(answers);
  return {
    prompts: NAMES_OF.get(prompts) ?? [],
    betas: betas.map(({ beta }, index) => ({
      beta,
      arms: (means[index] ?? []).slice(0, seeds).map(
        (arm): ArmTable => ({
          means: (arm[stage] ?? new Float64Array()).subarray(0, prompts),
          answers,
          within: Number.NaN,
        }),
      ),
    })),
  };
}
