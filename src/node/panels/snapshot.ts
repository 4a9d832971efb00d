import type { PanelAddress, ToPanel } from '../../core/panels/protocol';
import { openFeed } from './open-feed';

/** All that fills a panel now. */
export async function snapshot(address: PanelAddress): Promise<ToPanel[]> {
  const messages: ToPanel[] = [];
  await openFeed(address, (message) => messages.push(message)).refresh();
  return messages;
}
