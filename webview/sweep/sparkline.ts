const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 72;
const HEIGHT = 18;

/** A curve without axes, in the colour of the text around it. Its form alone tells something: a number stands beside it. */
export class Sparkline {
  readonly element = document.createElementNS(SVG, 'svg');
  readonly #line = document.createElementNS(SVG, 'polyline');

  constructor() {
    this.element.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute('class', 'sparkline');
    this.element.setAttribute('aria-hidden', 'true');
    this.element.append(this.#line);
  }

  show(values: readonly number[]): void {
    const finite = values.filter(Number.isFinite);
    const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
    const x = (index: number) => 1 + ((WIDTH - 2) * index) / Math.max(1, values.length - 1);
    const y = (value: number) => HEIGHT - 2 - ((HEIGHT - 4) * (value - low)) / (high - low || 1);
    const points = values.flatMap((value, index) =>
      Number.isFinite(value) ? [`${x(index).toFixed(1)},${y(value).toFixed(1)}`] : [],
    );
    this.#line.setAttribute('points', points.join(' '));
  }
}
