import { make, setText } from '../dom';

/** Pixels from its end within which a reader counts as reading the end. */
const AT_END = 24;

/** The end of what the trainer printed. It follows its end until the reader looks back. */
export class RunLog {
  readonly #text = make('pre', { tabindex: 0, role: 'region', 'aria-label': 'End of the log' });
  readonly element = make(
    'section',
    { class: 'run-log', 'aria-labelledby': 'log', hidden: true },
    make('h2', { id: 'log' }, 'Log'),
    this.#text,
  );

  show(text: string): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#text;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    this.element.hidden = text.trim() === '';
    setText(this.#text, text);
    if (isAtEnd) this.#text.scrollTop = this.#text.scrollHeight;
  }
}
