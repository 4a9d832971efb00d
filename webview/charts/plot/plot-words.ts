import uPlot from 'uplot';
import type { ChartLine, ChartRegion } from '../chart-parts';
import type { Points } from './plot-curve';
import type { DrawnLine, MarkSettings } from './plot-marks';
import { scaler } from './plot-paths';

/** CSS pixels. */
const SIZE = { small: 10, usual: 11 };

/** Dots that are not gone around: a run has as many evaluations at most as have room. */
const MANY = 200;

/** Left, and middle of its height. */
type TextPlace = readonly [number, number];

/** A stretch of canvas that has words already. */
interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Names of levels, below the lines: what was measured is never covered. */
export function drawLevelNames(plot: uPlot, lines: readonly DrawnLine[], settings: MarkSettings): void {
  new Words(plot, lines, settings).nameLevels(true);
}

/**
 * Names in a chart, over its lines: points, stretches of the axis, the axis itself. They stand where no dot is, and a name
 * that would cover an earlier one is left out.
 *
 * @param axis name of the horizontal axis
 */
export function drawWords(
  plot: uPlot,
  lines: readonly DrawnLine[],
  settings: MarkSettings,
  axis: string,
): void {
  const { ctx } = plot;
  ctx.save();
  ctx.setLineDash([]);
  const words = new Words(plot, lines, settings);
  words.nameLevels(false);
  for (const { line, main } of lines) words.namePoints(line, main);
  for (const region of settings.regions()) words.nameRegion(region);
  words.nameAxis(axis);
  ctx.restore();
}

class Words {
  readonly #unit = uPlot.pxRatio;
  readonly #taken: Place[] = [];
  readonly #dots: readonly (readonly [number, number])[];

  constructor(
    private readonly plot: uPlot,
    lines: readonly DrawnLine[],
    private readonly settings: MarkSettings,
  ) {
    const [toX, toY] = [scaler(plot, 'x'), scaler(plot, 'y')];
    this.#dots = lines
      .filter(({ line, main }) => line.points !== undefined && main.values.length <= MANY)
      .flatMap(({ main: { steps, values } }) =>
        [...values].map((value, index) => [toX(steps[index] ?? 0), toY(value)] as const),
      );
  }

  /** At an end of their lines. @param isDrawn false only keeps their places free */
  nameLevels(isDrawn: boolean): void {
    const { left, top, width, height } = this.plot.bbox;
    const toY = scaler(this.plot, 'y');
    this.#use('--faint', SIZE.small);
    for (const { at, label } of this.settings.options.levels ?? []) {
      const y = toY(at);
      if (label === '' || !(y >= top && y <= top + height)) continue;
      const right = left + width - 2 - this.plot.ctx.measureText(label).width;
      const heights = [y - 7 * this.#unit, y + 8 * this.#unit].filter(
        (middle) => middle > top + 6 * this.#unit && middle < top + height - 6 * this.#unit,
      );
      const places = [right, left + 4 * this.#unit].flatMap((x) =>
        heights.map((middle) => [x, middle] as const),
      );
      const [x, middle] = this.#choose(label, places) ?? [right, y - 7 * this.#unit];
      this.#taken.push(this.#placeOf(label, x, middle));
      if (isDrawn) this.plot.ctx.fillText(label, x, middle);
    }
  }

  /** Beside its dot. */
  namePoints({ labelOf, colour }: ChartLine, { steps, values }: Points): void {
    if (!labelOf) return;
    const { bbox, ctx } = this.plot;
    const [toX, toY] = [scaler(this.plot, 'x'), scaler(this.plot, 'y')];
    const away = 6 * this.#unit;
    // Faint lines may be fainter than words.
    this.#use(colour === '--context' ? '--faint' : colour, SIZE.usual);
    for (const [index, value] of values.entries()) {
      const label = labelOf(index);
      const [x, y] = [toX(steps[index] ?? 0), toY(value)];
      if (label === '' || !Number.isFinite(y)) continue;
      const { width } = ctx.measureText(label);
      const sides = [x + away, x - away - width].filter(
        (left) => left > bbox.left && left + width < bbox.left + bbox.width,
      );
      const place = this.#choose(
        label,
        sides.flatMap((left) => [[left, y - away] as const, [left, y + away] as const]),
      );
      if (place) this.#write(label, place);
    }
  }

  /** At its top, or at its bottom where other words are there. */
  nameRegion({ from, to, colour, label }: ChartRegion): void {
    const { ctx, bbox } = this.plot;
    const toX = scaler(this.plot, 'x');
    const start = Math.max(bbox.left, toX(from));
    const end = Math.min(bbox.left + bbox.width, toX(to));
    this.#use(colour, SIZE.usual);
    if (label === '' || ctx.measureText(label).width > end - start - 8) return;
    const x = start + 4 * this.#unit;
    const away = 9 * this.#unit;
    const place = this.#choose(label, [
      [x, bbox.top + away],
      [x, bbox.top + bbox.height - away],
    ]);
    if (place) this.#write(label, place);
  }

  /** In the corner between both axes, which is free. */
  nameAxis(name: string): void {
    const { ctx, bbox } = this.plot;
    this.#use('--faint', SIZE.usual);
    ctx.textBaseline = 'top';
    ctx.fillText(name, 4 * this.#unit, bbox.top + bbox.height + 6 * this.#unit);
  }

  #use(colour: string, size: number): void {
    const { ctx } = this.plot;
    ctx.fillStyle = this.settings.colours.colour(colour);
    ctx.font = this.settings.colours.font(size * this.#unit);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
  }

  /** The first place that is free; else the first without words; undefined where there are words at each. */
  #choose(text: string, places: readonly TextPlace[]): TextPlace | undefined {
    const open = places.filter(
      ([x, y]) => !this.#taken.some((other) => overlap(this.#placeOf(text, x, y), other)),
    );
    return open.find(([x, y]) => !this.#isOnDot(this.#placeOf(text, x, y))) ?? open[0];
  }

  #isOnDot({ left, right, top, bottom }: Place): boolean {
    return this.#dots.some(([x, y]) => x > left && x < right && y > top && y < bottom);
  }

  #placeOf(text: string, left: number, y: number): Place {
    const half = 6 * this.#unit;
    return { left, right: left + this.plot.ctx.measureText(text).width, top: y - half, bottom: y + half };
  }

  /** With the background around the letters. */
  #write(text: string, [left, y]: TextPlace): void {
    const { ctx } = this.plot;
    this.#taken.push(this.#placeOf(text, left, y));
    ctx.lineWidth = 3 * this.#unit;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = this.settings.colours.colour('--background');
    ctx.strokeText(text, left, y);
    ctx.fillText(text, left, y);
  }
}

function overlap(a: Place, b: Place): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
