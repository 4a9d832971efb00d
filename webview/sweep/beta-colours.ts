/** Steps of the scale in theme.css. */
const STEPS = 7;

/**
 * A colour variable: betas are ordered, and so are their colours, from free to move to held to the reference.
 *
 * @param rank 0 for the smallest beta
 */
export function betaColour(rank: number, count: number): string {
  const place = count < 2 ? 1 : rank / (count - 1);
  return `--beta-${1 + Math.round(place * (STEPS - 1))}`;
}
