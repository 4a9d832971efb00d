import type { ToPanel } from '../../core/panels/protocol';

/** What fills one panel. The first look sends everything, every other what has changed since. */
export interface Feed {
  /** Reads what is new and sends it. Never throws: what cannot be read is told by what it sends. */
  refresh(): Promise<void>;
}

export type Send = (message: ToPanel) => void;
