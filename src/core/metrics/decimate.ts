import { type Curve, countBefore } from './series';

/** A part of a chart: steps from the left edge to the right, and its pixels. */
export interface View {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/**
 * The points of a curve that a chart of this width can tell apart. Of the points that share a pixel column it keeps the
 * first, the last, the lowest and the highest, so that the drawn line covers the same pixels; and of the values that are
 * not finite as many as it takes that no line leads across one. The points beside the view are kept as well: lines lead
 * there. A column keeps 10 points at most.
 *
 * After M4 (Jugel et al. 2014, VLDB 7(10), section 4), which does not know gaps.
 */
export function decimate(curve: Curve, view: View): Curve {
  const { steps, values } = curve;
  const start = countBefore(steps, view.from);
  const end = countBefore(steps, Math.floor(view.to) + 1);
  const [before, after] = [Math.max(0, start - 1), Math.min(steps.length, end + 1)];
  if (end - start <= 4 * view.width) return part(curve, before, after);
  const kept: number[] = [];
  for (let index = before; index < start; index++) kept.push(index);
  const stepsOfPixel = (view.to - view.from) / view.width;
  for (let from = start; from < end; ) {
    const pixel = Math.floor(((steps[from] ?? 0) - view.from) / stepsOfPixel);
    const nextPixel = view.from + (pixel + 1) * stepsOfPixel;
    let to = from + 1;
    while (to < end && (steps[to] ?? 0) < nextPixel) to++;
    keep(values, from, to, kept);
    from = to;
  }
  for (let index = end; index < after; index++) kept.push(index);
  return {
    steps: Uint32Array.from(kept, (index) => steps[index] ?? 0),
    values: Float32Array.from(kept, (index) => values[index] ?? Number.NaN),
  };
}

function part({ steps, values }: Curve, from: number, to: number): Curve {
  return { steps: steps.slice(from, to), values: values.slice(from, to) };
}

/** Adds the points of one pixel column that count, in their order. */
function keep(values: Float32Array, from: number, to: number, kept: number[]): void {
  let [lowest, highest, nan, plus, minus] = [-1, -1, -1, -1, -1];
  for (let index = from; index < to; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) {
      if (lowest < 0 || value < (values[lowest] ?? 0)) lowest = index;
      if (highest < 0 || value > (values[highest] ?? 0)) highest = index;
    } else if (Number.isNaN(value)) nan = index;
    else if (value > 0) plus = index;
    else minus = index;
  }
  if (nan < 0 && plus < 0 && minus < 0) {
    keepFinite(from, to - 1, Math.min(lowest, highest), Math.max(lowest, highest), kept);
    return;
  }
  const points = inOrder([from, to - 1, lowest, highest, nan, plus, minus]);
  kept.push(...inOrder([...points, ...gapsBetween(values, points)]));
}

/** Nearly all columns are without gaps: nothing is made for them. The indexes ascend, and may be the same. */
function keepFinite(first: number, last: number, one: number, other: number, kept: number[]): void {
  kept.push(first);
  if (one > first) kept.push(one);
  if (other > one) kept.push(other);
  if (last > other) kept.push(last);
}

function inOrder(indexes: readonly number[]): number[] {
  return [...new Set(indexes)].filter((index) => index >= 0).sort((a, b) => a - b);
}

/** A point for each line that would lead across values that are not finite. */
function gapsBetween(values: Float32Array, points: readonly number[]): number[] {
  return points.slice(1).flatMap((to, place) => {
    const from = points[place] ?? to;
    if (!Number.isFinite(values[from]) || !Number.isFinite(values[to])) return [];
    const gap = values.subarray(from, to).findIndex((value) => !Number.isFinite(value));
    return gap < 0 ? [] : [from + gap];
  });
}
