import type { ToPanel } from '../src/core/panels/protocol';

/** What fills a panel for one kind of page. Shown and updated by messages, in the order in which they come. */
export interface View {
  readonly element: HTMLElement;
  receive(message: ToPanel): void;
  /** Nothing may be left: no listener, no frame that was asked for. */
  dispose(): void;
}
