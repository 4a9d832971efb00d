import { type GamedRow, isShare, type LengthControlled, lengthControlled } from './length-control';
import { winRateOf } from './win-rate';

/** A row of AlpacaEval's annotations. */
export interface Annotation {
  /** The baseline's text. */
  readonly output_1: string;
  /** The model's text. */
  readonly output_2: string;
  /** 1 where the judge prefers the baseline's text, 2 where it prefers the model's, or between; null: no answer. */
  readonly preference: number | null;
  readonly generator_2?: string;
}

/** A row of AlpacaEval's `df_gamed.csv`. */
export interface GamedBaselineRow extends GamedRow {
  /** Position of the prompt among AlpacaEval's. */
  readonly index: number;
}

/** Under the names of AlpacaEval's table. Percent; null where it is not determined. */
export interface WinRateTable {
  readonly model: string | null;
  readonly n_total: number;
  readonly win_rate: number | null;
  readonly standard_error: number | null;
  readonly discrete_win_rate: number | null;
  readonly length_controlled_winrate: number | null;
  readonly lc_standard_error: number | null;
  /** `full` with AlpacaEval's gamed baseline, `minimal` without. */
  readonly length_control: 'full' | 'minimal';
  /** Why a value is null. */
  readonly note?: string;
}

/**
 * AlpacaEval's win rates of a model's annotations. Win rate and standard error agree with its code to 1e-6, the
 * length-controlled win rate within 0.03 points.
 *
 * @param gamed rows of `df_gamed.csv`; without them the minimal form of length control is used
 * @throws RangeError with a sentence for people, where the two files do not belong together
 */
export function alpacaEvalTable(
  annotations: readonly Annotation[],
  gamed?: readonly GamedBaselineRow[],
): WinRateTable {
  const rows = annotations.map(({ output_1, output_2, preference }) => ({
    preference: preferenceOf(preference),
    lengthGap: codePoints(output_1) - codePoints(output_2),
  }));
  const known = gamed && { gamed, difficulties: difficultiesOf(rows.length, gamed) };
  const rate = winRateOf(rows.flatMap(({ preference }) => (isShare(preference) ? [preference] : [])));
  const controlled = lengthControlled(rows, known);
  const note = noteOn(rate.count, controlled);
  return {
    model: annotations[0]?.generator_2 ?? null,
    n_total: rate.count,
    win_rate: orNull(rate.winRate),
    standard_error: orNull(rate.standardError),
    discrete_win_rate: orNull(rate.discreteWinRate),
    length_controlled_winrate: controlled?.winRate ?? null,
    lc_standard_error: controlled?.standardError ?? null,
    length_control: gamed ? 'full' : 'minimal',
    ...(note !== undefined && { note }),
  };
}

function noteOn(count: number, controlled: LengthControlled | undefined): string | undefined {
  if (count === 0) return 'no row has a preference';
  return controlled ? undefined : 'too few prompts to control for length';
}

/** From 0 to 1; NaN where there is no answer. In AlpacaEval's files 0 stands for a tie, as 1.5 does. */
function preferenceOf(preference: number | null): number {
  if (preference === null) return Number.NaN;
  return (preference === 0 ? 1.5 : preference) - 1;
}

/** By position in the file, as AlpacaEval looks them up. */
function difficultiesOf(count: number, gamed: readonly GamedBaselineRow[]): number[] {
  const byIndex = new Map(gamed.map(({ index, difficulty }) => [index, difficulty]));
  return Array.from({ length: count }, (_, index) => {
    const difficulty = byIndex.get(index);
    if (difficulty !== undefined) return difficulty;
    throw new RangeError(
      `The annotations have ${count} rows, but the gamed baseline knows no difficulty for row ${index + 1}: the two do not belong together. Leave --gamed out for prompts of your own.`,
    );
  });
}

/** As Python counts them: JavaScript's length counts a character beyond U+FFFF twice. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
