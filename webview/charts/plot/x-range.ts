/** A part of the horizontal axis, in its own coordinates: x, or its decimal logarithm. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is kept of a range: undefined is all of it. */
export interface KeptRange extends Span {
  readonly isFollowing: boolean;
}

/** Of all there is, the share that can be zoomed into at most. */
const SMALLEST = 1e-6;

/** What part of the horizontal axis is looked at. It follows the newest point until the reader looks back. */
export class XRange {
  /** Undefined until there are points. */
  #extent: Span | undefined;
  /** Undefined: all. */
  #view: Span | undefined;
  #isFollowing = true;

  constructor(kept?: KeptRange) {
    if (!kept) return;
    this.#view = { from: kept.from, to: kept.to };
    this.#isFollowing = kept.isFollowing;
  }

  get kept(): KeptRange | undefined {
    return this.#view && { ...this.visible, isFollowing: this.#isFollowing };
  }

  get isAll(): boolean {
    return this.#view === undefined;
  }

  /** Whether new points will be seen. */
  get isFollowing(): boolean {
    return this.#view === undefined || this.#isFollowing;
  }

  get visible(): Span {
    const view = this.#view;
    const all = this.#extent;
    if (!view) return all ?? { from: 0, to: 1 };
    if (!this.#isFollowing || !all) return view;
    return { from: all.to - (view.to - view.from), to: all.to };
  }

  /** From the first point to the last one. */
  setExtent(from: number, to: number): boolean {
    const widened = to > from ? { from, to } : { from: from - 0.5, to: from + 0.5 };
    if (widened.from === this.#extent?.from && widened.to === this.#extent.to) return false;
    this.#extent = widened;
    return true;
  }

  show(from: number, to: number): void {
    const all = this.#extent ?? { from, to };
    const length = Math.max(to - from, SMALLEST * (all.to - all.from));
    if (length >= all.to - all.from) {
      this.showAll();
      return;
    }
    const start = Math.min(Math.max(from, all.from), all.to - length);
    this.#view = { from: start, to: start + length };
    this.#isFollowing = start + length >= all.to - 0.002 * length;
  }

  /** @param factor below 1 shows less, @param about stays where it is */
  zoom(factor: number, about: number): void {
    const { from, to } = this.visible;
    this.show(about - (about - from) * factor, about + (to - about) * factor);
  }

  /** @param share of what is visible; positive to later points */
  pan(share: number): void {
    if (!this.#view) return;
    const { from, to } = this.visible;
    const by = share * (to - from);
    this.show(from + by, to + by);
  }

  showAll(): void {
    this.#view = undefined;
    this.#isFollowing = true;
  }

  follow(): void {
    this.#isFollowing = true;
  }
}
