import { duration } from '../core/words/numbers';

/** How long nothing was heard from a trainer, by the monotonic clock. A trainer that hangs cannot say so itself. */
export class Silence {
  #since = performance.now();

  /** @param limit milliseconds after which it is told; a slow step gets more */
  constructor(private readonly limit: number) {}

  end(): void {
    this.#since = performance.now();
  }

  /**
   * Undefined while it is not worth telling.
   *
   * @param slowestStep milliseconds
   */
  inWords(slowestStep: number): string | undefined {
    const silent = performance.now() - this.#since;
    if (silent < Math.max(this.limit, 5 * slowestStep)) return undefined;
    return `nothing heard from the trainer for ${duration(silent)}`;
  }
}
