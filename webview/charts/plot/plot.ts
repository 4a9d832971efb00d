import uPlot from 'uplot';
import {
  type ChartLine,
  type ChartMark,
  type ChartOptions,
  type ChartRegion,
  drawnCurve,
  type XAxis,
} from '../chart-parts';
import type { ThemeColours } from '../theme-colours';
import { logTicks } from './log-ticks';
import type { Points } from './plot-curve';
import { type DrawnLine, drawMarks, drawPoints, drawRegions, drawSpreads } from './plot-marks';
import { type DrawnPath, drawBars, trace } from './plot-paths';
import { drawLevelNames, drawWords } from './plot-words';
import { tickWords } from './tick-words';
import type { Span } from './x-range';
import { Extremes, yRange } from './y-range';

/** What one frame shows. `x` in values, not in the axis' coordinates. */
export interface Scene {
  readonly x: Span;
  readonly weight: number;
}

export interface PlotSettings {
  readonly options: ChartOptions;
  readonly xAxis: XAxis;
  readonly isLog: boolean;
  readonly lines: readonly ChartLine[];
  readonly colours: ThemeColours;
  /** Asked at each frame. */
  readonly marks: () => readonly ChartMark[];
  readonly regions: () => readonly ChartRegion[];
}

const EMPTY: Points = { steps: new Float64Array(), values: new Float32Array() };

/** Of the labels beside the vertical axis. All charts have it, so that equal steps stand above one another. */
const AXIS_WIDTH = 50;
const FONT_SIZE = 11;
/** CSS pixels. */
/** Of a line that steps back. */
const FAINT = 0.35;
const LINE = { raw: { width: 1, alpha: 0.3 }, main: { width: 1.6, alpha: 1 } };
/** Right of the lines, so that the last label has room. */
const PADDING = 16;

/** Draws lines with uPlot: it lays out axes, scales and the canvas; the lines themselves come thinned from their curves. */
export class Plot {
  readonly #plot: uPlot;
  readonly #drawn: DrawnLine[];
  /** How each series of uPlot is drawn. */
  readonly #bars = new Map<number, DrawnPath>();
  #yRange: [number, number] = [0, 1];

  constructor(
    readonly place: HTMLElement,
    private readonly settings: PlotSettings,
    size: { readonly width: number; readonly height: number },
  ) {
    this.#drawn = settings.lines.map((line) => ({ line, raw: undefined, main: EMPTY }));
    this.#plot = new uPlot(this.#options(size), this.#data(), place);
  }

  /** Of the part where lines are, over which a cursor can be laid. */
  get over(): HTMLElement {
    return this.#plot.over;
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.ctx.canvas;
  }

  /** CSS pixels of the part where lines are, as uPlot will have them: it lays out later. */
  get width(): number {
    return Math.max(1, this.#plot.width - AXIS_WIDTH - PADDING);
  }

  /** Points are thinned to so many columns, and drawn in the same ones. */
  get #columns(): number {
    return Math.round(this.width * uPlot.pxRatio);
  }

  resize(width: number, height: number): void {
    this.#plot.setSize({ width, height });
  }

  draw({ x, weight }: Scene): void {
    const { options, isLog } = this.settings;
    const view = { from: x.from, to: x.to, width: this.#columns };
    const extremes = new Extremes(isLog);
    for (const drawn of this.#drawn) {
      const { curve, isSmoothed, spread } = drawn.line;
      drawn.main = drawnCurve(drawn.line, weight).within(view);
      drawn.raw = isSmoothed && weight > 0 ? curve.within(view) : undefined;
      extremes.addAll(drawn.main.values);
      if (drawn.raw) extremes.addAll(drawn.raw.values);
      if (spread) {
        extremes.addAll(spread.low.values);
        extremes.addAll(spread.high.values);
      }
    }
    this.#yRange = yRange(extremes, isLog, options);
    this.#plot.batch(() => this.#plot.setScale('x', { min: x.from, max: x.to }));
  }

  /** CSS pixels from the left and the top of the part where lines are. */
  position(x: number, value: number): { readonly left: number; readonly top: number } {
    return { left: this.#plot.valToPos(x, 'x'), top: this.#plot.valToPos(value, 'y') };
  }

  /** Whether a value lies on the vertical axis as it was last drawn. */
  holds(value: number): boolean {
    return value >= this.#yRange[0] && value <= this.#yRange[1];
  }

  dispose(): void {
    this.#plot.destroy();
  }

  #data(): uPlot.AlignedData {
    return [[0, 1], ...this.#series().map(() => [0, 0])];
  }

  /** Behind each smoothed line the measured one. */
  #series(): { readonly drawn: DrawnLine; readonly part: 'raw' | 'main' }[] {
    const raw = this.#drawn
      .filter(({ line }) => line.isSmoothed)
      .map((drawn) => ({ drawn, part: 'raw' as const }));
    const main = this.#drawn
      .filter(({ line }) => line.points !== 'only')
      .map((drawn) => ({ drawn, part: 'main' as const }));
    return [...raw, ...main];
  }

  #trace(plot: uPlot, index: number, points: Points): uPlot.Series.Paths | null {
    const drawn = trace(plot, points, this.#columns);
    this.#bars.set(index, drawn);
    return 'path' in drawn ? { stroke: drawn.path, fill: null, clip: null, flags: 0 } : null;
  }

  #drawBars(plot: uPlot, index: number): void {
    const drawn = this.#bars.get(index);
    const { drawn: line, part } = this.#series()[index - 1] ?? {};
    if (!drawn || !line || !part || !('bars' in drawn)) return;
    plot.ctx.save();
    plot.ctx.globalAlpha = LINE[part].alpha;
    drawBars(
      plot,
      drawn.bars,
      this.settings.colours.colour(line.line.colour),
      LINE[part].width * uPlot.pxRatio,
    );
    plot.ctx.restore();
  }

  #options(size: { readonly width: number; readonly height: number }): uPlot.Options {
    const { colours, xAxis, isLog, options } = this.settings;
    const colour = (name: string) => () => colours.colour(name);
    const axis = {
      stroke: colour('--faint'),
      font: colours.font(FONT_SIZE),
      grid: { stroke: colour('--grid'), width: 1 },
      ticks: { show: false },
    };
    const { ticks } = xAxis;
    return {
      ...size,
      legend: { show: false },
      cursor: { show: false },
      select: { show: false, left: 0, top: 0, width: 0, height: 0 },
      padding: [10, PADDING, 0, 0],
      scales: {
        // Not rounded, as uPlot would do on a logarithmic axis: the cursor goes by the range that was set.
        x: { time: false, distr: xAxis.isLog ? 3 : 1, range: (_, from, to) => [from, to] },
        y: { distr: isLog ? 3 : 1, range: () => this.#yRange },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 5,
          space: 60,
          values: (_, splits, __, ___, distance) => splits.map(tickWords(xAxis.format, distance, false)),
          // uPlot would label powers of ten alone.
          ...(ticks && {
            splits: (_: uPlot, __: number, from: number, to: number) =>
              ticks.filter((tick) => tick >= from && tick <= to),
            filter: (_: uPlot, splits: number[]) => splits,
          }),
          ...(!xAxis.isLog && { incrs: WHOLE_STEPS }),
        },
        {
          ...axis,
          size: AXIS_WIDTH,
          gap: 6,
          space: 30,
          ...(isLog && {
            splits: (_: uPlot, __: number, from: number, to: number) => logTicks(from, to),
            filter: (_: uPlot, splits: number[]) => splits,
          }),
          values: (_, splits, __, ___, distance) =>
            splits.map(tickWords(options.formatTick, distance, isLog)),
        },
      ],
      series: [
        {},
        ...this.#series().map(({ drawn, part }) => ({
          auto: false,
          stroke: colour(drawn.line.colour),
          width: LINE[part].width,
          alpha: LINE[part].alpha * (drawn.line.isFaint ? FAINT : 1),
          cap: 'round' as const,
          ...(drawn.line.isDashed && { dash: [5 * uPlot.pxRatio, 4 * uPlot.pxRatio] }),
          points: { show: false },
          paths: (plot: uPlot, index: number) => this.#trace(plot, index, drawn[part] ?? EMPTY),
        })),
      ],
      hooks: {
        drawClear: [(plot) => drawRegions(plot, this.settings)],
        drawAxes: [
          (plot) => {
            drawSpreads(plot, this.#drawn, this.settings);
            drawLevelNames(plot, this.#drawn, this.settings);
          },
        ],
        drawSeries: [(plot, index) => this.#drawBars(plot, index)],
        draw: [
          (plot) => {
            drawPoints(plot, this.#drawn, this.settings);
            drawWords(plot, this.#drawn, this.settings, xAxis.label);
            drawMarks(plot, this.#drawn, this.settings);
          },
        ],
      },
    };
  }
}

/** Steps are whole: so are their labels. */
const WHOLE_STEPS = [
  1,
  2,
  5,
  ...Array.from({ length: 9 }, (_, power) => [1, 2, 2.5, 5].map((step) => step * 10 ** (power + 1))).flat(),
];
