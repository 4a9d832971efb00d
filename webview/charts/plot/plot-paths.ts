import uPlot from 'uplot';
import type { Points } from './plot-curve';

/** A line as it falls on columns of pixels, in pixels of the canvas. Columns ascend; several may share their x. */
interface Columns {
  readonly count: number;
  readonly x: Float32Array;
  /** Pixels. */
  readonly width: number;
  /** In the order in which the line meets them. */
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** 1: the line does not come from the column before. */
  readonly isStart: Uint8Array;
}

/** Pixels that a column covers on average, above which a line is a band of noise. */
const NOISY = 6;

/** How one line is drawn: as a path that uPlot strokes, or as bars when it is noise. */
export type DrawnPath = { readonly path: Path2D } | { readonly bars: Columns };

/**
 * A line through these points, with gaps where values are not finite. A line that goes up and down within every column
 * of pixels is drawn as a bar a column: it covers the same pixels, and stroking thousands of steep lines would take most
 * of a frame.
 *
 * @param count of columns that the points were thinned to
 */
export function trace(plot: uPlot, points: Points, count: number): DrawnPath {
  const columns = toColumns(plot, points, plot.bbox.width / count);
  let height = 0;
  for (let index = 0; index < columns.count; index++)
    height += Math.abs((columns.first[index] ?? 0) - (columns.second[index] ?? 0));
  const isDense = columns.count > 0.5 * count;
  if (isDense && height > NOISY * columns.count * uPlot.pxRatio) return { bars: columns };
  return { path: toPath(columns) };
}

/** Draws bars, each touching the one before. @param thickness of the line, in pixels of the canvas */
export function drawBars(plot: uPlot, bars: Columns, colour: string, thickness: number): void {
  const { ctx, bbox } = plot;
  const [top, bottom] = [bbox.top, bbox.top + bbox.height];
  ctx.fillStyle = colour;
  let before = Number.NaN;
  for (let index = 0; index < bars.count; index++) {
    const [first, second] = [bars.first[index] ?? 0, bars.second[index] ?? 0];
    const from = bars.isStart[index] ? first : before;
    before = second;
    const column = Math.floor(((bars.x[index] ?? 0) - bbox.left) / bars.width);
    const [x, end] = [column, column + 1].map((at) => Math.round(bbox.left + at * bars.width)) as [
      number,
      number,
    ];
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const low = Math.max(top, Math.min(first, second, from));
    const high = Math.min(bottom, Math.max(first, second, from));
    const size = Math.max(thickness, high - low);
    ctx.fillRect(x, Math.round((low + high - size) / 2), end - x, Math.round(size));
  }
}

function toColumns(plot: uPlot, { steps, values }: Points, width: number): Columns {
  const [toX, toY] = [scaler(plot, 'x'), scaler(plot, 'y')];
  const { left } = plot.bbox;
  const { length } = values;
  const x = new Float32Array(length);
  const first = new Float32Array(length);
  const second = new Float32Array(length);
  const isStart = new Uint8Array(length);
  let count = 0;
  let pixel = Number.NaN;
  let isDrawing = false;
  for (let index = 0; index < length; index++) {
    const y = toY(values[index] ?? Number.NaN);
    if (!Number.isFinite(y)) {
      isDrawing = false;
      pixel = Number.NaN;
      continue;
    }
    const place = toX(steps[index] ?? 0);
    const here = Math.floor((place - left) / width);
    if (here !== pixel) {
      pixel = here;
      x[count] = place;
      first[count] = second[count] = y;
      isStart[count] = isDrawing ? 0 : 1;
      count++;
    } else {
      // The lowest and the highest, in the order in which they came.
      const at = count - 1;
      const [a, b] = [first[at] ?? y, second[at] ?? y];
      if (y < Math.min(a, b) || y > Math.max(a, b)) {
        first[at] = y < Math.min(a, b) ? Math.max(a, b) : Math.min(a, b);
        second[at] = y;
      }
    }
    isDrawing = true;
  }
  return { count, width, x, first, second, isStart };
}

function toPath({ count, x, first, second, isStart }: Columns): Path2D {
  const path = new Path2D();
  for (let index = 0; index < count; index++) {
    const place = x[index] ?? 0;
    const [from, to] = [first[index] ?? 0, second[index] ?? 0];
    if (isStart[index]) path.moveTo(place, from);
    else path.lineTo(place, from);
    // A point between two gaps is a dot: a line of no length.
    if (to !== from || (isStart[index] && isStart[index + 1] !== 0)) path.lineTo(place, to);
  }
  return path;
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
