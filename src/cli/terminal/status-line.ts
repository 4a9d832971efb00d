import { LiveLines, layout, printToStderr } from './output';
import { takeWidth } from './text-layout';

/** Milliseconds between two lines where there is no terminal to rewrite one on. */
const PRINT_EVERY = 10_000;

/**
 * What a long command does at the moment, on standard error: one line that is rewritten, or, without a terminal, a line
 * now and then.
 */
export class StatusLine {
  readonly #live = LiveLines.possibleOn(process.stderr) ? new LiveLines(process.stderr) : undefined;
  #printed = Number.NEGATIVE_INFINITY;

  /** @param isNews the line says something else than the one before, not only a further number */
  show(text: string, isNews: boolean): void {
    if (this.#live) {
      this.#live.show([takeWidth(text, layout().width - 1)]);
      return;
    }
    const now = performance.now();
    if (!isNews && now - this.#printed < PRINT_EVERY) return;
    this.#printed = now;
    printToStderr(text);
  }

  /** Makes way for other output. */
  clear(): void {
    this.#live?.clear();
  }
}
