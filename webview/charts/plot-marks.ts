import uPlot from 'uplot';
import type { ChartLine, ChartMark, ChartOptions, ChartRegion } from './chart-parts';
import type { Points } from './plot-curve';
import { scaler } from './plot-paths';
import type { ThemeColours } from './theme-colours';

/** A line as it is drawn: what was measured, and smoothed in front of it. */
export interface DrawnLine {
  readonly line: ChartLine;
  raw: Points | undefined;
  main: Points;
}

interface MarkSettings {
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
    for (const { from, to, colour, label } of regions()) {
      const start = Math.max(left, toX(from));
      const end = Math.min(left + width, toX(to));
      if (!(end > start)) continue;
      context.globalAlpha = 0.12;
      context.fillStyle = colours.colour(colour);
      context.fillRect(start, top, end - start, height);
      context.globalAlpha = 1;
      context.font = colours.font(11 * uPlot.pxRatio);
      if (context.measureText(label).width > end - start - 8) continue;
      context.textBaseline = 'top';
      context.textAlign = 'left';
      context.fillText(label, start + 4 * uPlot.pxRatio, top + 3 * uPlot.pxRatio);
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
    for (const { at, label } of options.levels ?? []) {
      const y = Math.round(toY(at)) + 0.5;
      if (!Number.isFinite(y)) continue;
      context.strokeStyle = colours.colour('--faint');
      context.fillStyle = colours.colour('--faint');
      context.lineWidth = uPlot.pxRatio;
      context.setLineDash([2 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
      context.beginPath();
      context.moveTo(left, y);
      context.lineTo(left + width, y);
      context.stroke();
      context.font = colours.font(10 * uPlot.pxRatio);
      const hasRoom = y - plot.bbox.top > 14 * uPlot.pxRatio;
      context.textBaseline = hasRoom ? 'bottom' : 'top';
      context.textAlign = 'right';
      context.fillText(label, left + width - 2, hasRoom ? y - 1 : y + 3 * uPlot.pxRatio);
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
    for (const { line, main } of lines) {
      drawLabels(plot, line, main, colours);
      if (!line.points || (line.points === 'with line' && !hasRoom(plot, main))) continue;
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

/** Beside its dot, to the left where there is no room on the right; not where it would cover another one. */
function drawLabels(
  plot: uPlot,
  { labelOf, colour }: ChartLine,
  { steps, values }: Points,
  colours: ThemeColours,
): void {
  if (!labelOf) return;
  const { ctx, bbox } = plot;
  const [toX, toY] = [scaler(plot, 'x'), scaler(plot, 'y')];
  const away = 6 * uPlot.pxRatio;
  ctx.fillStyle = colours.colour(colour);
  ctx.font = colours.font(11 * uPlot.pxRatio);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  const taken: { readonly from: number; readonly to: number; readonly y: number }[] = [];
  for (const [index, value] of values.entries()) {
    const label = labelOf(index);
    const [x, y] = [toX(steps[index] ?? 0), toY(value)];
    if (label === '' || !Number.isFinite(y)) continue;
    const { width } = ctx.measureText(label);
    const left = x + away + width < bbox.left + bbox.width ? x + away : x - away - width;
    const isCovered = taken.some(
      ({ from, to, y: other }) => left < to && left + width > from && Math.abs(other - y) < 2 * away,
    );
    if (isCovered) continue;
    taken.push({ from: left, to: left + width, y });
    ctx.fillText(label, left, y - away);
  }
}

function hasRoom(plot: uPlot, { steps }: Points): boolean {
  return steps.length * ROOM * uPlot.pxRatio < plot.bbox.width;
}

/** What happened on the way, and where values were not finite. */
export function drawMarks(plot: uPlot, lines: readonly DrawnLine[], settings: MarkSettings): void {
  const { colours, marks } = settings;
  const toX = scaler(plot, 'x');
  const { left, top, width, height } = plot.bbox;
  const unit = uPlot.pxRatio;
  inside(plot, (context) => {
    for (const { x, kind } of marks()) {
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
  });
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
