import type { ToPanel } from '../../src/core/panels/protocol';
import type { Connection } from '../connection';
import { make, setText } from '../dom';
import type { View } from '../view';

export class SweepView implements View {
  readonly #title = make('h1');
  readonly element = make('main', { class: 'sweep' }, this.#title);

  constructor(readonly connection: Connection) {}

  receive(message: ToPanel): void {
    if (message.kind === 'page' && message.page.kind === 'sweep') setText(this.#title, message.page.title);
  }

  dispose(): void {}
}
