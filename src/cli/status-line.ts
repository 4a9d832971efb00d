import { isWatched, layout, printToStderr, rewriteStderrLine } from './output';
import { takeWidth } from './text-layout';

/** Milliseconds between two lines where there is no terminal to rewrite one on. */
const PRINT_EVERY = 10_000;

/** What a long command does at the moment: one line that is rewritten, or, without a terminal, a line now and then. */
export class StatusLine {
  #printed = Number.NEGATIVE_INFINITY;
  #shown = false;

  /** @param isNews the line says something else than the one before, not only a further number */
  show(text: string, isNews: boolean): void {
    if (isWatched()) {
      rewriteStderrLine(takeWidth(text, layout().width - 1));
      this.#shown = true;
      return;
    }
    const now = performance.now();
    if (!isNews && now - this.#printed < PRINT_EVERY) return;
    this.#printed = now;
    printToStderr(text);
  }

  /** Makes way for other output. */
  clear(): void {
    if (this.#shown) rewriteStderrLine('');
    this.#shown = false;
  }
}
