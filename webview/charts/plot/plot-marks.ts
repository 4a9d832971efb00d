import uPlot from 'uplot';
import type { ChartLine, ChartMark, ChartOptions, ChartRegion } from '../chart-parts';
import type { ThemeColours } from '../theme-colours';
import type { Points } from './plot-curve';
import { scaler } from './plot-paths';

/** A line as it is drawn: what was measured, and smoothed in front of it. */
export interface DrawnLine {
  readonly line: ChartLine;
  raw: Points | undefined;
  main: Points;
}

export interface MarkSettings {
  readonly options: ChartOptions;
  readonly colours: ThemeColours;
  readonly marks: () => readonly ChartMark[];
  readonly regions: () => readonly ChartRegion[];
}

/** CSS pixels around a dot below which dots would run together. */
const ROOM = 7;
const RADIUS = 2.8;

/** Draws with everything outside of the lines' part cut off. */
function inside(plot: uPlot, draw: (context: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  const around = 4 * uPlot.pxRatio;
  ctx.rect(bbox.left - around, bbox.top - around, bbox.width + 2 * around, bbox.height + 2 * around);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

export function drawRegions(plot: uPlot, { regions, colours }: MarkSettings): void {
  if (regions().length === 0) return;
  inside(plot, (context) => {
    const toX = scaler(plot, 'x');
    const { left, top, width, height } = plot.bbox;
    for (const { from, to, colour } of regions()) {
      const start = Math.max(left, toX(from));
      const end = Math.min(left + width, toX(to));
      if (!(end > start)) continue;
      context.globalAlpha = 0.12;
      context.fillStyle = colours.colour(colour);
      context.fillRect(start, top, end - start, height);
    }
  });
}

/** Levels and shades lie above the grid and below the lines. */
export function drawSpreads(
  plot: uPlot,
  lines: readonly DrawnLine[],
  { options, colours }: MarkSettings,
): void {
  const toX = scaler(plot, 'x');
  const toY = scaler(plot, 'y');
  inside(plot, (context) => {
    const { left, width } = plot.bbox;
    for (const { at } of options.levels ?? []) {
      const y = Math.round(toY(at)) + 0.5;
      if (!Number.isFinite(y)) continue;
      context.strokeStyle = colours.colour('--faint');
      context.lineWidth = uPlot.pxRatio;
      context.setLineDash([2 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.stroke();
    }
    context.setLineDash([]);
    for (const { line } of lines) {
      if (!line.spread) continue;
      context.globalAlpha = 0.16;
      context.fillStyle = colours.colour(line.colour);
      context.fill(shade(line.spread.low, line.spread.high, toX, toY));
      context.globalAlpha = 1;
    }
  });
}

function shade(low: Points, high: Points, toX: (x: number) => number, toY: (y: number) => number): Path2D {
  const path = new Path2D();
  const places = Array.from(low.steps, (_, index) => index);
  const add = (points: Points, index: number) =>
    path.lineTo(toX(points.steps[index] ?? 0), toY(points.values[index] ?? Number.NaN));
  for (const index of places) add(high, index);
  for (const index of places.toReversed()) add(low, index);
  path.closePath();
  return path;
}

export function drawPoints(plot: uPlot, lines: readonly DrawnLine[], { colours }: MarkSettings): void {
  const toX = scaler(plot, 'x');
  const toY = scaler(plot, 'y');
  const radius = RADIUS * uPlot.pxRatio;
  inside(plot, (context) => {
    // uPlot leaves the dashes of the line that it drew last.
    context.setLineDash([]);
    for (const { line, main } of lines) {
      if (!hasDots(plot, line, main)) continue;
      context.fillStyle = colours.colour(line.isHollow ? '--background' : line.colour);
      context.strokeStyle = colours.colour(line.colour);
      context.lineWidth = 1.3 * uPlot.pxRatio;
      for (let index = 0; index < main.values.length; index++) {
        const y = toY(main.values[index] ?? Number.NaN);
        if (!Number.isFinite(y)) continue;
        context.beginPath();
        context.arc(toX(main.steps[index] ?? 0), y, radius, 0, 2 * Math.PI);
        context.fill();
        if (line.isHollow) context.stroke();
      }
    }
  });
}

/** A line of one point would not be seen otherwise. */
function hasDots(plot: uPlot, { points }: ChartLine, { steps }: Points): boolean {
  if (points === 'only' || steps.length === 1) return true;
  return points === 'with line' && steps.length * ROOM * uPlot.pxRatio < plot.bbox.width;
}

/** What happened on the way, and where values were not finite. */
export function drawMarks(plot: uPlot, lines: readonly DrawnLine[], settings: MarkSettings): void {
  const { colours, marks } = settings;
  const toX = scaler(plot, 'x');
  const { left, top, width, height } = plot.bbox;
  const unit = uPlot.pxRatio;
  inside(plot, (context) => {
    for (const { x, kind, line } of marks()) {
      if (line !== undefined) continue;
      const at = Math.round(toX(x)) + 0.5;
      if (at < left - unit || at > left + width + unit) continue;
      context.strokeStyle = colours.colour(kind === 'tick' ? '--faint' : `--${kind}`);
      context.fillStyle = context.strokeStyle;
      context.lineWidth = unit;
      context.beginPath();
      if (kind === 'tick') {
        context.moveTo(at, top + height);
        context.lineTo(at, top + height - 5 * unit);
        context.stroke();
        continue;
      }
      context.setLineDash([3 * unit, 3 * unit]);
      context.moveTo(at, top);
      context.lineTo(at, top + height);
      context.stroke();
      context.setLineDash([]);
      context.beginPath();
      context.moveTo(at - 4.5 * unit, top - 4 * unit);
      context.lineTo(at + 4.5 * unit, top - 4 * unit);
      context.lineTo(at, top + 4 * unit);
      context.fill();
    }
    for (const { line, main } of lines) drawGaps(context, plot, main, toX, colours.colour(line.colour));
    for (const mark of marks()) if (mark.line !== undefined) drawOnLine(context, plot, lines, mark, colours);
  });
}

/** A triangle on the line that a mark is about, set off from it. Nothing where the line is hidden. */
function drawOnLine(
  context: CanvasRenderingContext2D,
  plot: uPlot,
  lines: readonly DrawnLine[],
  { x, kind, line: label }: ChartMark,
  colours: ThemeColours,
): void {
  const drawn = lines.find(({ line }) => line.label === label);
  if (!drawn) return;
  const { left, top, width, height } = plot.bbox;
  const at = scaler(plot, 'x')(x);
  const y = scaler(plot, 'y')(valueAt(drawn.main, x));
  if (at < left || at > left + width) return;
  const size = 5 * uPlot.pxRatio;
  // Where there is no value, at the edge.
  const middle = Number.isFinite(y) ? Math.min(top + height, Math.max(top, y)) : top + size;
  context.beginPath();
  context.moveTo(at, middle - size);
  context.lineTo(at + size, middle + 0.75 * size);
  context.lineTo(at - size, middle + 0.75 * size);
  context.closePath();
  context.lineWidth = 3 * uPlot.pxRatio;
  context.lineJoin = 'round';
  context.strokeStyle = colours.colour('--background');
  context.stroke();
  context.fillStyle = colours.colour(`--${kind}`);
  context.fill();
  context.lineWidth = uPlot.pxRatio;
  context.strokeStyle = colours.colour('--foreground');
  context.stroke();
}

/** Between two points on the way from one to the other; NaN without points. */
function valueAt({ steps, values }: Points, x: number): number {
  const after = steps.findIndex((step) => step >= x);
  const [last = Number.NaN] = values.subarray(-1);
  if (after < 0) return last;
  const [from = 0, to = 0] = [steps[after - 1], steps[after]];
  const [low, high = Number.NaN] = [values[after - 1], values[after]];
  return low === undefined || to === from ? high : low + ((high - low) * (x - from)) / (to - from);
}

/** NaN is a cross at the bottom; an infinity an arrow at the edge that it lies beyond. */
function drawGaps(
  context: CanvasRenderingContext2D,
  plot: uPlot,
  { steps, values }: Points,
  toX: (x: number) => number,
  colour: string,
): void {
  const { top, height } = plot.bbox;
  const size = 3 * uPlot.pxRatio;
  let last = Number.NEGATIVE_INFINITY;
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * uPlot.pxRatio;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isFinite(value)) continue;
    const x = toX(steps[index] ?? 0);
    // Marks that would cover one another are one.
    if (x - last < 2 * size) continue;
    last = x;
    const up = value > 0;
    const y = up ? top + 2 * size : top + height - 2 * size;
    context.beginPath();
    if (Number.isNaN(value)) {
      context.moveTo(x - size, y - size);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y - size);
      context.lineTo(x - size, y + size);
    } else {
      const tip = up ? -size : size;
      context.moveTo(x - size, y - tip / 2);
      context.lineTo(x, y + tip);
      context.lineTo(x + size, y - tip / 2);
    }
    context.stroke();
  }
}
