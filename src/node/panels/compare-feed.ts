import type { Feed, Send } from './feed';

export class CompareFeed implements Feed {
  constructor(
    readonly folders: readonly string[],
    readonly send: Send,
  ) {}

  async refresh(): Promise<void> {}
}
