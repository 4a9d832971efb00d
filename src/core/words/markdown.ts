import type { BetaSweep } from '../paper/paper';

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

/** A Markdown table. Columns are aligned right unless the header starts with a colon; spaces keep them apart. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => `${cell}&nbsp;&nbsp;`).join(' | ')} |`;
  const left = (name: string): boolean => name.startsWith(':');
  const rule = `| ${header.map((name) => (left(name) ? ':---' : '---:')).join(' | ')} |`;
  return [line(header.map((name) => name.replace(/^:/, ''))), rule, ...rows.map(line)].join('\n');
}

/** Bytes as gigabytes, with as many digits as an estimate deserves. */
export function gigabytes(bytes: number): string {
  const value = bytes / 1e9;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} GB`;
}

/** Text of others as Markdown that shows it as it is, in one line. */
export function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+!|~$<>&-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\s*\n\s*/g, ' ');
}
