import { decimal } from '../../src/core/runs/numbers';
import type { ChartOptions } from './chart-parts';

/** How a chart writes its values. */
export function wordsOf({ format = decimal }: ChartOptions): (value: number) => string {
  return (value) => (Number.isFinite(value) ? format(value).replace('-', '−') : nonFiniteWords(value));
}

function nonFiniteWords(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
}
