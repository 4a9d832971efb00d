import type { ToPanel } from '../src/core/panels/protocol';
import { make, setText } from './dom';
import type { View } from './view';

/** Says why there is nothing to see. */
export class GoneView implements View {
  readonly #title = make('h1');
  readonly #words = make('p');
  readonly element = make('main', { class: 'gone', role: 'alert' }, this.#title, this.#words);

  receive(message: ToPanel): void {
    if (message.kind !== 'page' || message.page.kind !== 'gone') return;
    setText(this.#title, message.page.title);
    setText(this.#words, message.page.words);
  }

  dispose(): void {}
}
