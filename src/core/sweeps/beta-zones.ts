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

/** From the largest to the smallest beta that is not excluded; undefined for none. */
export function openZone(betas: readonly number[]): BetaZone | undefined {
  const [largest, smallest] = [betas[0], betas.at(-1)];
  if (largest === undefined || smallest === undefined) return undefined;
  const names = betas.map(String).join(', ');
  const reason =
    betas.length === 1
      ? `Only beta ${names} is not excluded: each other one is shown to be worse.`
      : `Betas ${names} are not shown to be worse than another.`;
  return { largest, smallest, reason };
}

/** It can be compared: it is not past the cliff, and was measured. */
export function isSound(row: BetaRow): boolean {
  return row.degenerate === undefined && Number.isFinite(row.quality);
}

/** Rows from an index on, as long as the same holds of them; none where the index is negative. */
function rowsWhile(rows: readonly BetaRow[], start: number, holds: (row: BetaRow) => boolean): BetaRow[] {
  if (start < 0) return [];
  const end = rows.findIndex((row, index) => index >= start && !holds(row));
  return rows.slice(start, end < 0 ? rows.length : end);
}
