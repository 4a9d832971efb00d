import type { Feed, Send } from './feed';

export class SweepFeed implements Feed {
  constructor(
    readonly dataFolder: string,
    readonly sweep: string,
    readonly send: Send,
  ) {}

  async refresh(): Promise<void> {}
}
