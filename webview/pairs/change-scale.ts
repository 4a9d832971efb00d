import { make } from '../dom';

/** Log-ratio, in nats, from which on a colour does not deepen. The same for all pairs and steps, so that they compare. */
const FULL = 5;

/**
 * How deep the colour of a change is, from 0 to 1: the root, because most tokens move by tenths of a nat and a few by many.
 *
 * @param change in nats
 */
function depthOf(change: number): number {
  return Math.sqrt(Math.min(1, Math.abs(change) / FULL));
}

/** Changes below this, in nats, have no colour: rounding makes as much. */
const NOTHING = 0.005;

/** Colours an element: blue for likelier, orange for less likely, which all eyes tell apart. */
export function colourChange(element: HTMLElement, change: number): void {
  if (Math.abs(change) < NOTHING) return;
  element.classList.add(change > 0 ? 'likelier' : 'less-likely');
  if (Math.abs(change) >= 1) element.classList.add('far');
  element.style.setProperty('--depth', depthOf(change).toFixed(3));
}

const MARKS = [-FULL, -2, -0.5, 0, 0.5, 2, FULL];

/** @param baseline what tokens are compared with, in words */
export function changeLegend(baseline: string): HTMLElement {
  const swatches = MARKS.map((change) => {
    const swatch = make('span', { class: 'swatch' }, signed(change, 1).replace('.0', ''));
    colourChange(swatch, change);
    return swatch;
  });
  const words = `Change in log-probability per token vs. ${baseline}, in nats`;
  return make(
    'div',
    { class: 'legend' },
    make('span', {}, words),
    make('span', { class: 'swatches' }, ...swatches),
  );
}

/** With its sign, which is part of the number's meaning, and a minus sign of the width of a plus. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A log-probability, in nats. */
export function nats(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
