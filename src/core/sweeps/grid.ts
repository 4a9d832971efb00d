/**
 * Betas around a value, largest first: two steps up and two down on the 1-2-5 series, which is nearly even in the
 * logarithm. The value itself is kept as it is.
 */
export function gridAround(beta: number): number[] {
  const above = neighbours(beta, 1);
  const below = neighbours(beta, -1);
  return [...above.reverse(), beta, ...below];
}

const SERIES = [1, 2, 5];
const STEPS = 2;

function neighbours(beta: number, direction: 1 | -1): number[] {
  const found: number[] = [];
  const exponent = Math.floor(Math.log10(beta));
  // The index counts steps of the series over all decades: 3 a decade.
  const start = direction === 1 ? 3 * exponent : 3 * (exponent + 1) + 2;
  for (let index = start; found.length < STEPS; index += direction) {
    const decade = Math.floor(index / 3);
    const value = Number(`${SERIES[index - 3 * decade]}e${decade}`);
    // A neighbour closer than a quarter step would only repeat the arm.
    const ratio = direction === 1 ? value / beta : beta / value;
    if (ratio > 1.2) found.push(value);
  }
  return found;
}

/** Betas that the first round of a sweep trains, of a grid of many. */
const COARSE = 4;

/** Both ends of a grid and some between, largest first; all of a short one. */
export function coarseGrid(grid: readonly number[]): number[] {
  const sorted = [...new Set(grid)].sort((a, b) => b - a);
  if (sorted.length <= 3) return sorted;
  const count = Math.min(COARSE, Math.ceil(sorted.length / 2));
  const places = Array.from({ length: count }, (_, index) =>
    Math.round((index * (sorted.length - 1)) / (count - 1)),
  );
  return places.flatMap((place) => sorted[place] ?? []);
}
