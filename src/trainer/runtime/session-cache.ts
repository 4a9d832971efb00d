import type { Device } from './device';
import type { GraphSession } from './graph-session';

/**
 * How many sessions of one kind are kept. On a processor they share mapped weights, and each takes some 30 MB for a graph
 * of 30 layers; on other devices each has a copy of the weights.
 */
export function sessionLimit({ provider, profile }: Device): number {
  if (provider !== 'cpu') return 4;
  return profile === 'fast' ? 32 : 8;
}

/** Sessions of one kind by size, made when first needed. The least recently used are released beyond a limit. */
export class SessionCache<Size> {
  readonly #sessions = new Map<string, GraphSession>();

  constructor(
    private readonly create: (size: Size) => Promise<GraphSession>,
    private readonly limit: number,
  ) {}

  /** Valid until the next call. */
  async get(size: Size): Promise<GraphSession> {
    const key = JSON.stringify(size);
    const session = this.#sessions.get(key) ?? (await this.#make(size));
    // A map keeps the order of insertion: the oldest comes first.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of sessions) await session.release();
  }

  async #make(size: Size): Promise<GraphSession> {
    // Before the new one is made, so that both need not fit into memory.
    for (const [key, session] of this.#sessions) {
      if (this.#sessions.size < this.limit) break;
      this.#sessions.delete(key);
      await session.release();
    }
    return this.create(size);
  }
}
