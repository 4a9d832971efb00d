import type { Feed, Send } from './feed';

export class PairsFeed implements Feed {
  constructor(
    readonly folder: string,
    readonly send: Send,
  ) {}

  async refresh(): Promise<void> {}
}
