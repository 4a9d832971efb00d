import type { PairDetail, PairList } from '../../src/core/panels/pairs-page';
import type { Connection } from '../connection';

/** Pairs that are kept, so that looking back and forth asks nothing. */
const KEPT = 64;

interface Wanted {
  readonly checkpoint: number;
  readonly pair: string;
  resolve(detail: PairDetail | undefined): void;
  reject(reason: unknown): void;
}

/** Asks for lists and pairs, one pair at a time: who runs down a list with the arrow keys wants the last one only. */
export class Answers {
  readonly #lists = new Map<number, PairList>();
  readonly #pairs = new Map<string, PairDetail>();
  #wanted: Wanted | undefined;
  #isAsking = false;

  constructor(private readonly connection: Connection) {}

  async list(checkpoint: number, progress: (words: string) => void): Promise<PairList> {
    const known = this.#lists.get(checkpoint);
    if (known) return known;
    const list = (await this.connection.ask({ kind: 'list', checkpoint }, progress)) as PairList;
    this.#lists.set(checkpoint, list);
    return list;
  }

  /** Undefined where another one was asked for before this one's turn came. */
  pair(checkpoint: number, pair: string): Promise<PairDetail | undefined> {
    const known = this.#pairs.get(`${checkpoint} ${pair}`);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#wanted?.resolve(undefined);
      this.#wanted = { checkpoint, pair, resolve, reject };
      if (!this.#isAsking) void this.#askWanted();
    });
  }

  async #askWanted(): Promise<void> {
    this.#isAsking = true;
    while (this.#wanted) {
      const { checkpoint, pair, resolve, reject } = this.#wanted;
      this.#wanted = undefined;
      const key = `${checkpoint} ${pair}`;
      try {
        // It may have been answered while this one waited.
        const detail =
          this.#pairs.get(key) ?? (await this.connection.ask({ kind: 'pair', checkpoint, pair }));
        this.#keep(key, detail as PairDetail);
        resolve(detail as PairDetail);
      } catch (error) {
        reject(error);
      }
    }
    this.#isAsking = false;
  }

  #keep(key: string, detail: PairDetail): void {
    this.#pairs.set(key, detail);
    const [oldest] = this.#pairs.keys();
    if (this.#pairs.size > KEPT && oldest !== undefined) this.#pairs.delete(oldest);
  }
}
