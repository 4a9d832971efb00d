import { make } from '../dom';
import type { ChartLine } from './chart-parts';

export interface CursorDot {
  readonly line: ChartLine;
  readonly left: number;
  readonly top: number;
}

/** The cursor's line and a dot on each line of the chart: moved, not drawn, so that a cursor costs next to nothing. */
export class CursorMarks {
  readonly element = make('div', { class: 'cursor-marks', 'aria-hidden': 'true' });
  readonly #line = make('div', { class: 'cursor-line' });
  readonly selection = make('div', { class: 'cursor-selection', hidden: true });
  #dots: HTMLElement[] = [];

  constructor() {
    this.element.append(this.selection, this.#line);
    this.hide();
  }

  show(left: number, dots: readonly CursorDot[]): void {
    this.#line.hidden = false;
    this.#line.style.transform = `translateX(${Math.round(left)}px)`;
    while (this.#dots.length < dots.length) {
      const dot = make('div', { class: 'cursor-dot' });
      this.#dots.push(dot);
      this.element.append(dot);
    }
    for (const [index, element] of this.#dots.entries()) {
      const dot = dots[index];
      element.hidden = !dot || !Number.isFinite(dot.top);
      if (!dot || element.hidden) continue;
      element.style.transform = `translate(${dot.left}px, ${dot.top}px)`;
      element.style.background = `var(${dot.line.colour})`;
    }
  }

  hide(): void {
    this.#line.hidden = true;
    for (const dot of this.#dots) dot.hidden = true;
  }
}
