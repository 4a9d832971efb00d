import type { BetaRow } from './beta-row';

/** Betas beside one another of which the same holds. */
export interface BetaZone {
  readonly largest: number;
  readonly smallest: number;
  /** Why they are one, as a sentence. */
  readonly reason: string;
}

/** Betas below the best whose texts no longer end as the reference's do; all of them where there is no best. */
export function cliffOf(betas: readonly BetaRow[], best: BetaRow | undefined): BetaZone | undefined {
  const start = betas.findIndex((row) => row.degenerate !== undefined && (!best || row.beta < best.beta));
  const zone = rowsWhile(betas, start, ({ degenerate }) => degenerate !== undefined);
  const [largest, smallest] = [zone[0], zone.at(-1)];
  if (!largest || !smallest) return undefined;
  return {
    largest: largest.beta,
    smallest: smallest.beta,
    reason: `At beta ${largest.beta} ${largest.degenerate}.`,
  };
}

/**
 * The best beta and those beside it that cannot be told from it. Undefined where that is not known: with one seed there
 * is no spread to tell by, and where it would be the whole grid nothing was found out.
 */
export function plateauOf(betas: readonly BetaRow[], best: BetaRow | undefined): BetaZone | undefined {
  const sound = betas.filter(isSound);
  if (!best || sound.some((row) => !Number.isFinite(row.qualityError))) return undefined;
  const index = betas.indexOf(best);
  const isEqual = (row: BetaRow): boolean => isSound(row) && !isWorse(row, best);
  const above = rowsWhile(betas.toReversed(), betas.length - 1 - index, isEqual).reverse();
  const zone = [...above, ...rowsWhile(betas, index + 1, isEqual)];
  const [largest, smallest] = [zone[0] ?? best, zone.at(-1) ?? best];
  if (zone.length === betas.length) return undefined;
  return {
    largest: largest.beta,
    smallest: smallest.beta,
    reason:
      zone.length === 1
        ? `Beta ${best.beta} stands alone: the betas beside it are worse by more than two standard errors.`
        : `Betas ${largest.beta} to ${smallest.beta} differ by less than two standard errors.`,
  };
}

/** It can be compared: it is not past the cliff, and was measured. */
export function isSound(row: BetaRow): boolean {
  return row.degenerate === undefined && Number.isFinite(row.quality);
}

/** By more than two standard errors of the difference. */
export function isWorse(row: BetaRow, best: BetaRow): boolean {
  const error = Math.hypot(row.qualityError, best.qualityError);
  return Number.isFinite(error) && best.quality - row.quality > 2 * error;
}

/** Rows from an index on, as long as the same holds of them; none where the index is negative. */
function rowsWhile(rows: readonly BetaRow[], start: number, holds: (row: BetaRow) => boolean): BetaRow[] {
  if (start < 0) return [];
  const end = rows.findIndex((row, index) => index >= start && !holds(row));
  return rows.slice(start, end < 0 ? rows.length : end);
}
