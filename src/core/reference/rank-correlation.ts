/**
 * Spearman's rank correlation of two equally long lists: Pearson's correlation of their ranks, where equal values share
 * the mean of their ranks. From -1 to 1; undefined where a list holds one value only, or fewer than two.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | undefined {
  const [ranksA, ranksB] = [centredRanks(a), centredRanks(b)];
  const product = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  const scale = Math.sqrt(product(ranksA, ranksA) * product(ranksB, ranksB));
  return scale === 0 ? undefined : product(ranksA, ranksB) / scale;
}

/** Ranks from 0, less their mean. */
function centredRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((x, y) => x.value - y.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && order[end]?.value === order[start]?.value) end++;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + end - 1) / 2;
    start = end;
  }
  return ranks.map((rank) => rank - (values.length - 1) / 2);
}
