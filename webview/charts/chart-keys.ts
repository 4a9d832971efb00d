import type { ChartGroup } from './chart-group';
import type { ChartMark } from './chart-parts';
import { closestIndex, type Points } from './plot/plot-curve';

/** Of the visible range, what a press of an arrow moves by where points are closer. */
const SMALL = 1 / 200;
const LARGE = 1 / 10;

interface KeyTarget {
  /** The points that arrows go through. */
  readonly points: Points | undefined;
  /** Tells the values under the cursor. */
  speak(): void;
}

/** The keys of a chart. Undefined for those that it leaves to the page. */
export function pressChartKey(event: KeyboardEvent, group: ChartGroup, target: KeyTarget): boolean {
  const { range } = group;
  const { from, to } = range.visible;
  const cursor = group.cursor === undefined ? to : group.toAxis(group.cursor);
  const about = Math.min(to, Math.max(from, cursor));
  const move = (by: number) => {
    const place = neighbour(target.points, group, about, by * (to - from));
    group.cursor = group.fromAxis(Math.min(to, Math.max(from, place)));
  };
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowRight': {
      const sign = event.key === 'ArrowLeft' ? -1 : 1;
      if (!event.shiftKey) {
        move(sign * SMALL);
        return true;
      }
      range.pan(sign * LARGE);
      break;
    }
    case 'PageUp':
    case 'PageDown':
      move(event.key === 'PageUp' ? LARGE : -LARGE);
      return true;
    case 'Home':
    case 'End':
      group.cursor = group.fromAxis(event.key === 'Home' ? from : to);
      return true;
    case 'Enter':
    case ' ':
      target.speak();
      return true;
    case 'Escape':
      group.cursor = undefined;
      return true;
    case '+':
    case '=':
      range.zoom(0.5, about);
      break;
    case '-':
      range.zoom(2, about);
      break;
    case '0':
      range.showAll();
      break;
    default:
      return false;
  }
  group.viewChanged();
  return true;
}

/** The place of the point beside this one, `by` away at least where points are closer, in the axis' coordinates. */
function neighbour(points: Points | undefined, group: ChartGroup, coordinate: number, by: number): number {
  if (!points || points.steps.length === 0) return coordinate + by;
  const toAxis = (index: number) => group.toAxis(points.steps[index] ?? 0);
  const sign = Math.sign(by);
  const here = closestIndex(points, group.fromAxis(coordinate));
  const there = closestIndex(points, group.fromAxis(coordinate + by));
  const next = there === here || (toAxis(there) - coordinate) * sign <= 0 ? here + sign : there;
  return toAxis(Math.min(points.steps.length - 1, Math.max(0, next)));
}

/** Points that may lie so far apart that a mark between them is not reached from any. */
const FEW = 1000;

/** Where arrow keys stop: points, and marks between them where points are far apart. */
export function stopsOf(points: Points | undefined, marks: readonly ChartMark[]): Points | undefined {
  if (!points || marks.length === 0 || points.steps.length > FEW) return points;
  const all = new Set([...points.steps, ...marks.map(({ x }) => x)]);
  const steps = Float64Array.from(all).sort();
  return { steps, values: new Float32Array(steps.length) };
}
