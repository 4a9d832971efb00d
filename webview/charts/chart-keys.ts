import type { ChartGroup } from './chart-group';

/** Of the visible range, what a press of an arrow moves by where points are closer. */
const SMALL = 1 / 200;
const LARGE = 1 / 10;

interface KeyTarget {
  /** The place of the point beside this one, `by` of the range away at least, in the axis' coordinates. */
  neighbour(coordinate: number, by: number): number;
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
    const place = target.neighbour(about, by * (to - from));
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
