/** Whether a chart is in sight, and how large: the browser tells, for to ask it would lay out the page in every frame. */
export class ChartSight {
  isInSight = false;
  /** CSS pixels, whole ones, so that columns of points are columns of pixels. */
  size = { width: 0, height: 0 };
  readonly #intersection: IntersectionObserver;
  readonly #resize: ResizeObserver;

  /**
   * @param element the whole chart
   * @param place where its lines are drawn
   * @param on `resized` tells of no size that nothing can be drawn in
   */
  constructor(element: Element, place: Element, on: { came(): void; resized(): void }) {
    this.#intersection = new IntersectionObserver(
      (entries) => {
        this.isInSight = entries.at(-1)?.isIntersecting ?? false;
        if (this.isInSight) on.came();
      },
      { rootMargin: '150px' },
    );
    this.#resize = new ResizeObserver((entries) => {
      for (const { contentRect } of entries) {
        this.size = { width: Math.floor(contentRect.width), height: Math.floor(contentRect.height) };
        if (contentRect.width > 0) on.resized();
      }
    });
    this.#resize.observe(place);
    this.#intersection.observe(element);
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#intersection.disconnect();
  }
}
