/** Milliseconds after which a place is kept where the reader scrolled to. */
const PAUSE = 250;

/** Keeps how far the reader has scrolled a panel, and goes there again when it is shown anew. */
export class KeptScroll {
  readonly #ending = new AbortController();
  #timer: number | undefined;
  #isPlaced = false;

  /**
   * @param kept pixels, of whatever version of a panel
   * @param keep gets pixels, when the reader rests somewhere else
   */
  constructor(
    private readonly kept: unknown,
    keep: (scroll: number) => void,
  ) {
    const scrolled = () => {
      if (!this.#isPlaced) return;
      window.clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => keep(window.scrollY), PAUSE);
    };
    window.addEventListener('scroll', scrolled, { passive: true, signal: this.#ending.signal });
  }

  /** Goes where the reader was, the first time that there is something to see. */
  place(): void {
    if (this.#isPlaced) return;
    this.#isPlaced = true;
    if (typeof this.kept === 'number' && this.kept > 0) window.scrollTo({ top: this.kept });
  }

  dispose(): void {
    this.#ending.abort();
    window.clearTimeout(this.#timer);
  }
}
