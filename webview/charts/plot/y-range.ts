import uPlot from 'uplot';
import type { ChartOptions } from '../chart-parts';

/** Lowest and highest of what is drawn. */
export class Extremes {
  low = Number.POSITIVE_INFINITY;
  high = Number.NEGATIVE_INFINITY;

  /** @param isLog leaves out what a logarithmic axis cannot show */
  constructor(private readonly isLog: boolean) {}

  addAll(values: Float32Array): void {
    for (let index = 0; index < values.length; index++) this.add(values[index] ?? Number.NaN);
  }

  add(value: number): void {
    if (!Number.isFinite(value) || (this.isLog && value <= 0)) return;
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }
}

/** From the bottom of the vertical axis to its top. */
export function yRange(
  extremes: Extremes,
  isLog: boolean,
  { includes, limits }: ChartOptions,
): [number, number] {
  for (const value of includes ?? []) extremes.add(value);
  let { low, high } = extremes;
  if (low > high) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) {
    const [from, to] = [Math.log10(low), Math.log10(high)];
    const room = Math.max(0.05 * (to - from), 0.02);
    return [10 ** (from - room), 10 ** (to + room)];
  }
  if (low === high) {
    const around = Math.abs(low) * 0.1 || 0.5;
    low -= around;
    high += around;
  }
  const [from, to] = uPlot.rangeNum(low, high, 0.06, true);
  return [Math.max(from ?? low, limits?.from ?? from ?? low), Math.min(to ?? high, limits?.to ?? to ?? high)];
}
