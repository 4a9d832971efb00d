import { make, setAttribute, setText } from '../dom';
import type { ChartLine } from './chart-parts';

/** Names the lines of a chart, with a value each; hides and shows them. */
export class Legend {
  readonly element = make('ul', { class: 'chart-legend' });
  #values: HTMLElement[] = [];

  /**
   * @param hidden labels of lines that are not shown
   * @param toggle called with the label of a line to hide or to show again
   */
  setLines(lines: readonly ChartLine[], hidden: ReadonlySet<string>, toggle: (label: string) => void): void {
    this.#values = lines.map(() => make('span', { class: 'legend-value' }));
    const items = lines.map((line, index) => {
      const parts = [sample(line), make('span', {}, line.label), this.#values[index]];
      if (lines.length === 1) return make('li', {}, make('span', { class: 'legend-line' }, ...parts));
      const isShown = !hidden.has(line.label);
      const button = make(
        'button',
        { class: 'legend-line', type: 'button', 'aria-pressed': String(isShown) },
        ...parts,
      );
      button.title = isShown ? `Hide ${line.label}` : `Show ${line.label}`;
      button.addEventListener('click', () => toggle(line.label));
      return make('li', {}, button);
    });
    const focused = [...this.element.querySelectorAll('button')].indexOf(
      document.activeElement as HTMLButtonElement,
    );
    this.element.replaceChildren(...items);
    this.element.querySelectorAll('button')[focused]?.focus();
  }

  setValues(values: readonly string[]): void {
    for (const [index, element] of this.#values.entries()) setText(element, values[index] ?? '');
  }
}

function sample({ colour, isDashed, points, isHollow }: ChartLine): HTMLElement {
  const kind = isHollow ? 'dots rings' : points === 'only' ? 'dots' : isDashed ? 'dashed' : 'line';
  const element = make('span', { class: `legend-sample ${kind}`, 'aria-hidden': 'true' });
  element.style.color = `var(${colour})`;
  return element;
}

export function setPressed(button: Element, isPressed: boolean): void {
  setAttribute(button, 'aria-pressed', String(isPressed));
}
