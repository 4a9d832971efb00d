/** Resolves colour variables for canvases, which know none, and tells when the theme changes. */
export class ThemeColours {
  readonly #probe = document.createElement('span');
  readonly #known = new Map<string, string>();
  readonly #observer: MutationObserver;
  /** What a report follows, which has no editor around it. */
  readonly #scheme = window.matchMedia('(prefers-color-scheme: dark)');
  readonly #ending = new AbortController();

  /** @param changed called when colours or fonts are others */
  constructor(changed: () => void) {
    this.#probe.hidden = true;
    const forget = () => {
      this.#known.clear();
      changed();
    };
    this.#observer = new MutationObserver(forget);
    this.#scheme.addEventListener('change', forget, { signal: this.#ending.signal });
    const attributes = ['class', 'style', 'data-vscode-theme-kind', 'data-vscode-theme-id'];
    for (const element of [document.documentElement, document.body])
      this.#observer.observe(element, { attributes: true, attributeFilter: attributes });
  }

  /** @param name such as `--line-1` */
  colour(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (!this.#probe.isConnected) document.body.append(this.#probe);
    this.#probe.style.color = `var(${name})`;
    const colour = getComputedStyle(this.#probe).color;
    this.#known.set(name, colour);
    return colour;
  }

  /** @param size in CSS pixels */
  font(size: number): string {
    return `${size}px ${getComputedStyle(document.body).fontFamily}`;
  }

  dispose(): void {
    this.#observer.disconnect();
    this.#ending.abort();
    this.#probe.remove();
  }
}
