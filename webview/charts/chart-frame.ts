import { make, setAttribute, setText } from '../dom';
import type { ChartOptions } from './chart-parts';
import { type IconName, icon } from './icons';
import { Legend, setPressed } from './legend';

interface FrameActions {
  toggleTable(isTable: boolean): void;
  savePicture(): void;
}

let frames = 0;

/** What is around the lines of a chart: title, buttons, explanation, legend. */
export class ChartFrame {
  readonly element: HTMLElement;
  /** Where the lines are drawn. Moved through by keys like a slider, which is what screen readers take it for. */
  readonly place: HTMLElement;
  readonly legend = new Legend();
  /** What happened under the cursor. */
  readonly note = make('p', { class: 'chart-note' });
  readonly #cursor = make('span', { class: 'chart-cursor' });
  readonly #table = make('div', { class: 'chart-table', hidden: true });

  /** @param startsAsTable the reader had chosen it before */
  constructor({ title, unit, explanation }: ChartOptions, startsAsTable: boolean, actions: FrameActions) {
    const id = `chart-${++frames}`;
    this.place = make('div', {
      class: 'chart-plot',
      tabindex: 0,
      role: 'slider',
      'aria-label': `${title}, chart`,
      'aria-valuenow': 0,
      'aria-valuetext': 'Arrow keys move through the points, plus and minus zoom, Enter reads values aloud.',
    });
    const show = (isTable: boolean) => {
      this.#table.hidden = !isTable;
      this.place.hidden = isTable;
      setPressed(table, isTable);
    };
    const table = tool('table', `Show ${title} as a table`, () => {
      const isTable = this.place.hidden === false;
      show(isTable);
      actions.toggleTable(isTable);
    });
    show(startsAsTable);
    const info = tool('info', `About ${title}`, () => this.#toggleExplanation(info));
    info.setAttribute('aria-describedby', `${id}-about`);
    info.addEventListener('keydown', ({ key }) => key === 'Escape' && info.blur());
    this.element = make(
      'figure',
      { class: 'chart', 'aria-labelledby': id },
      make(
        'figcaption',
        { class: 'chart-head' },
        make(
          'div',
          { class: 'chart-name' },
          make('h3', { id }, title),
          unit === undefined ? undefined : make('span', { class: 'chart-unit' }, unit),
        ),
        this.#cursor,
        make(
          'span',
          { class: 'chart-tools' },
          info,
          make('span', { class: 'chart-about', role: 'tooltip', id: `${id}-about` }, explanation),
          table,
          tool('picture', `Save picture of ${title}`, () => actions.savePicture()),
        ),
      ),
      this.place,
      this.#table,
      this.legend.element,
      this.note,
    );
  }

  setPlace(words: string): void {
    setText(this.#cursor, words);
  }

  /** What a screen reader says of the place that a key moved to. */
  setSpoken(text: string, x: number): void {
    setAttribute(this.place, 'aria-valuetext', text);
    setAttribute(this.place, 'aria-valuenow', x);
  }

  setTable(table: HTMLElement): void {
    const { scrollTop = 0 } = this.#table.firstElementChild ?? {};
    const hadFocus = this.#table.contains(document.activeElement);
    this.#table.replaceChildren(table);
    table.scrollTop = scrollTop;
    if (hadFocus) table.focus();
  }

  #toggleExplanation(info: HTMLElement): void {
    const about = info.nextElementSibling;
    about?.classList.toggle('is-shown');
    info.addEventListener('blur', () => about?.classList.remove('is-shown'), { once: true });
  }
}

function tool(name: IconName, label: string, press: () => void): HTMLButtonElement {
  const element = make('button', {
    type: 'button',
    class: 'tool',
    'aria-label': label,
    title: name === 'info' ? undefined : label,
  });
  element.append(icon(name));
  element.addEventListener('click', press);
  return element;
}
