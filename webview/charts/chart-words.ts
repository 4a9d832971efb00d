import { decimal, whole } from '../../src/core/words/numbers';
import type { ChartGroup } from './chart-group';
import { type ChartLine, type ChartOptions, drawnCurve } from './chart-parts';
import { closestIndex } from './plot/plot-curve';

/** How a chart writes its values, and what it says of a place on its axis. */
export class ChartWords {
  constructor(
    private readonly group: ChartGroup,
    private readonly options: ChartOptions,
  ) {}

  value(value: number): string {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
    const { format = decimal } = this.options;
    return format(value).replaceAll('-', '−');
  }

  /** The value of a line at x, or its newest one. */
  valueOf(line: ChartLine, x: number | undefined): string {
    const { points } = drawnCurve(line, this.group.weight);
    const index = x === undefined ? points.values.length - 1 : closestIndex(points, x);
    const value = points.values[index];
    if (value === undefined) return '';
    if (line.summaryOf) return line.summaryOf(index);
    const name = x === undefined ? undefined : line.nameOf?.(index);
    const words = line.wordsOf?.(index) ?? this.value(value);
    return name === undefined ? words : `${words} (${name})`;
  }

  /** @param line whose points the places are, where there is one: a pixel is none */
  place(x: number, line: ChartLine | undefined): string {
    const { label, format = whole } = this.group.options.xAxis;
    const points = line?.curve.points;
    return `${label} ${format(points?.steps[closestIndex(points, x)] ?? x)}`;
  }
}
