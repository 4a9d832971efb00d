import { table } from '../words/markdown';
import type { BetaSweep } from './paper';

/** The paper's sweeps as one Markdown table: a row a pair of models, a column a beta, the best in bold. */
export function sweepTable(sweeps: readonly BetaSweep[]): string {
  const betas = [...new Set(sweeps.flatMap(({ winRates }) => winRates.map(({ beta }) => beta)))].sort(
    (a, b) => b - a,
  );
  const rows = sweeps.map(({ policy, reference, winRates }) => {
    const numbers = winRates.flatMap(({ winRate }) => (winRate === 'degenerate' ? [] : [winRate]));
    const best = Math.max(...numbers);
    const cells = betas.map((beta) => {
      const winRate = winRates.find((row) => row.beta === beta)?.winRate;
      return winRate === undefined ? '' : winRate === best ? `**${winRate}**` : String(winRate);
    });
    return [reference === 'same' ? policy : `${policy} ← ${reference}`, ...cells];
  });
  return table([':beta', ...betas.map(String)], rows);
}
