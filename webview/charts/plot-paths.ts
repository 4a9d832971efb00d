import type uPlot from 'uplot';
import type { Points } from './plot-curve';

/**
 * A line through these points, with gaps where values are not finite. uPlot scales a value at a time through a chain of
 * calls; here it is one multiplication, as a frame has tens of thousands of points.
 */
export function linePath(plot: uPlot, { steps, values }: Points): uPlot.Series.Paths {
  const stroke = new Path2D();
  const toX = scaler(plot, 'x');
  const toY = scaler(plot, 'y');
  let isDrawing = false;
  for (let index = 0; index < values.length; index++) {
    const y = toY(values[index] ?? Number.NaN);
    if (!Number.isFinite(y)) {
      isDrawing = false;
      continue;
    }
    const x = toX(steps[index] ?? 0);
    if (!isDrawing) stroke.moveTo(x, y);
    // A point between two gaps is a dot.
    if (isDrawing || !Number.isFinite(toY(values[index + 1] ?? Number.NaN))) stroke.lineTo(x, y);
    isDrawing = true;
  }
  return { stroke, fill: null, clip: null, flags: 0 };
}

/** From values to pixels of the canvas; not finite where there is no place for a value. */
export function scaler(plot: uPlot, axis: 'x' | 'y'): (value: number) => number {
  const { min = 0, max = 1, distr } = plot.scales[axis] ?? {};
  const { left, top, width, height } = plot.bbox;
  const isLog = distr === 3;
  const [low, high] = isLog ? [Math.log10(min), Math.log10(max)] : [min, max];
  const [start, pixels] = axis === 'x' ? [left, width] : [top + height, -height];
  const perUnit = pixels / (high - low);
  if (isLog) return (value) => (value > 0 ? start + (Math.log10(value) - low) * perUnit : Number.NaN);
  return (value) => start + (value - low) * perUnit;
}
