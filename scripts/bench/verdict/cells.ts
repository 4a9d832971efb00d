/** The grid of the simulation, each from the fewest to the most. */
export const SEEDS = [1, 2, 3, 5];
export const PROMPTS = [10, 30, 90, 805];
/** Answers a prompt. */
export const ANSWERS = [1, 3, 10];

export const MOST_PROMPTS = 805;

export interface Cell {
  readonly seeds: number;
  readonly prompts: number;
  readonly answers: number;
}

export const CELLS: readonly Cell[] = SEEDS.flatMap((seeds) =>
  PROMPTS.flatMap((prompts) => ANSWERS.map((answers) => ({ seeds, prompts, answers }))),
);
