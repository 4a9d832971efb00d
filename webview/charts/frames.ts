/** The least milliseconds between two frames that only show new points. */
const DATA_PAUSE = 250;
/** Our part of frames of new points takes this share of the time at most; the browser's part is as large again. */
const DATA_SHARE = 0.01;
/** However long a frame takes, new points are seen after so many milliseconds. */
const LONGEST_PAUSE = 2000;

/** Puts what is to be drawn into one frame of the browser, and spares frames where only points were appended. */
export class Frames {
  #frame: number | undefined;
  #timer: number | undefined;
  /** When new points may be drawn again. */
  #nextData = 0;

  constructor(private readonly draw: () => void) {}

  /** With the next frame. */
  soon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#frame ??= requestAnimationFrame(() => this.#run());
  }

  /** As soon as it costs little. */
  later(): void {
    if (this.#frame !== undefined || this.#timer !== undefined) return;
    const wait = this.#nextData - performance.now();
    if (wait <= 0) this.soon();
    else this.#timer = window.setTimeout(() => this.soon(), wait);
  }

  dispose(): void {
    window.clearTimeout(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #run(): void {
    this.#frame = undefined;
    const start = performance.now();
    this.draw();
    const end = performance.now();
    this.#nextData = end + Math.min(LONGEST_PAUSE, Math.max(DATA_PAUSE, (end - start) / DATA_SHARE));
  }
}
