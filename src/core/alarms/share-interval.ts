/**
 * Wilson's score interval of a share.
 *
 * @param share 0 to 1; ties count half, which makes the interval wider than needed
 * @param z standard deviations on each side
 * @returns the lower and the upper end. Source: Wilson, Probable inference, JASA 22 (1927).
 */
export function wilson(share: number, count: number, z: number): readonly [number, number] {
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half =
    (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return [middle - half, middle + half];
}
