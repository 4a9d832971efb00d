import { ANSWERS } from './cells';
import { normalDistribution, probit } from './normal';

/** Standard normal quantiles in the middle of equal shares. */
export function normalTable(): Float64Array {
  NORMAL ??= new Float64Array(1 << 15).map((_, index) => probit((index + 0.5) / (1 << 15)));
  return NORMAL;
}
let NORMAL: Float64Array | undefined;

/** Chances that are told apart, and quantiles of each: the mean of a draw is right to 0.01 points. */
const PLACES = 1024;
const QUANTILES = 4096;
const WIDEST = 6;

/** Draws how many of some answers win, ties half, for a chance on the probit scale. */
export interface AnswerTables {
  placeOf(level: number): number;
  /**
   * Answers come in stages, so that the first of many are also the few.
   *
   * @param stage 0 draws the first of `ANSWERS`, 1 what is missing to the second
   * @param uniform in [0, 1)
   * @returns wins, a tie counts half
   */
  draw(stage: number, place: number, uniform: number): number;
}

const TABLES = new Map<number, AnswerTables>();

/** @param ties share of ties, where an answer is as likely to win as to lose, halved */
export function answerTables(ties: number): AnswerTables {
  const known = TABLES.get(ties) ?? makeTables(ties);
  TABLES.set(ties, known);
  return known;
}

function makeTables(ties: number): AnswerTables {
  const places = Uint16Array.from({ length: 1 << 14 }, (_, index) => {
    const level = WIDEST * (2 * ((index + 0.5) / (1 << 14)) - 1);
    return Math.min(PLACES - 1, Math.floor(PLACES * normalDistribution(level)));
  });
  const stages = ANSWERS.map((count, stage) => {
    const more = count - (ANSWERS[stage - 1] ?? 0);
    const halves = new Uint8Array(PLACES * QUANTILES);
    for (let place = 0; place < PLACES; place++) fillQuantiles(halves, place, more, ties);
    return halves;
  });
  return {
    placeOf: (level) =>
      places[Math.min(16383, Math.max(0, Math.floor(((level / WIDEST + 1) / 2) * 16384)))] ?? 0,
    draw: (stage, place, uniform) =>
      (stages[stage]?.[place * QUANTILES + Math.floor(uniform * QUANTILES)] ?? 0) / 2,
  };
}

/** Quantiles of the sum of `count` outcomes, in halves. */
function fillQuantiles(halves: Uint8Array, place: number, count: number, ties: number): void {
  const wins = (place + 0.5) / PLACES;
  const tie = 2 * ties * wins * (1 - wins);
  const single = [1 - wins - tie / 2, tie, wins - tie / 2];
  let sums = [1];
  for (let answer = 0; answer < count; answer++) {
    const longer = Array(sums.length + 2).fill(0);
    sums.forEach((chance, sum) => {
      single.forEach((part, more) => {
        longer[sum + more] += chance * part;
      });
    });
    sums = longer;
  }
  let [sum, cumulated] = [0, sums[0] ?? 0];
  for (let quantile = 0; quantile < QUANTILES; quantile++) {
    while (cumulated < (quantile + 0.5) / QUANTILES && sum < sums.length - 1) cumulated += sums[++sum] ?? 0;
    halves[place * QUANTILES + quantile] = sum;
  }
}
