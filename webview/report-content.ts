import { unpack } from '../src/core/panels/packed';
import type { ToPanel } from '../src/core/panels/protocol';

/** Where a report keeps its content. */
const CONTENT = 'content';

export function reportMessages(): ToPanel[] {
  return unpack(document.getElementById(CONTENT)?.textContent ?? '[]');
}
