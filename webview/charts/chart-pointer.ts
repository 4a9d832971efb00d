import type { ChartGroup } from './chart-group';
import type { CursorMarks } from './cursor-marks';

/** Pixels of a drag below which it is a click. */
const CLICK = 4;
/** Of the range that a notch of the wheel leaves. */
const NOTCH = 0.8;

/**
 * A pointer over a chart: moves the shared cursor; a drag zooms into what it spans, with Shift it moves the range; the
 * wheel zooms with Ctrl and moves sideways with Shift, and scrolls the page otherwise. A double click shows everything.
 */
export function listenToPointer(over: HTMLElement, marks: CursorMarks, group: ChartGroup): void {
  let drag: { readonly start: number; last: number; readonly isPan: boolean } | undefined;

  const leftOf = (event: MouseEvent) => {
    const { left, width } = over.getBoundingClientRect();
    return Math.min(width, Math.max(0, event.clientX - left));
  };
  const coordinateAt = (left: number) => {
    const { from, to } = group.range.visible;
    return from + (left / Math.max(1, over.clientWidth)) * (to - from);
  };

  over.addEventListener('pointermove', (event) => {
    const left = leftOf(event);
    group.cursor = group.fromAxis(coordinateAt(left));
    if (!drag) return;
    if (drag.isPan) {
      group.range.pan((drag.last - left) / Math.max(1, over.clientWidth));
      group.viewChanged();
    } else {
      const [from, to] = [Math.min(drag.start, left), Math.max(drag.start, left)];
      marks.selection.hidden = to - from < CLICK;
      marks.selection.style.left = `${from}px`;
      marks.selection.style.width = `${to - from}px`;
    }
    drag.last = left;
  });
  over.addEventListener('pointerleave', () => {
    if (!drag) group.cursor = undefined;
  });
  over.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    over.setPointerCapture(event.pointerId);
    const left = leftOf(event);
    drag = { start: left, last: left, isPan: event.shiftKey };
  });
  const end = (event: PointerEvent) => {
    const { start, isPan } = drag ?? { start: 0, isPan: true };
    const isOver = event.type === 'pointerup';
    drag = undefined;
    marks.selection.hidden = true;
    const left = leftOf(event);
    if (isPan || !isOver || Math.abs(left - start) < CLICK) return;
    group.range.show(coordinateAt(Math.min(start, left)), coordinateAt(Math.max(start, left)));
    group.viewChanged();
  };
  over.addEventListener('pointerup', end);
  over.addEventListener('pointercancel', end);
  over.addEventListener('dblclick', () => {
    group.range.showAll();
    group.viewChanged();
  });
  over.addEventListener(
    'wheel',
    (event) => {
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        group.range.zoom(NOTCH ** (-event.deltaY / 100), coordinateAt(leftOf(event)));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY) && !group.range.isAll) {
        group.range.pan(sideways / Math.max(1, over.clientWidth));
      } else return;
      event.preventDefault();
      group.viewChanged();
    },
    { passive: false },
  );
}
