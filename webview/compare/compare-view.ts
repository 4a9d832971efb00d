import type { ToPanel } from '../../src/core/panels/protocol';
import type { Connection } from '../connection';
import { make, setText } from '../dom';
import type { View } from '../view';

export class CompareView implements View {
  readonly #title = make('h1');
  readonly element = make('main', { class: 'compare' }, this.#title);

  constructor(readonly connection: Connection) {}

  receive(message: ToPanel): void {
    if (message.kind === 'page' && message.page.kind === 'compare') setText(this.#title, message.page.title);
  }

  dispose(): void {}
}
