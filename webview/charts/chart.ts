import { whole } from '../../src/core/runs/numbers';
import { setText } from '../dom';
import { ChartFrame } from './chart-frame';
import type { ChartGroup } from './chart-group';
import { pressChartKey } from './chart-keys';
import type { ChartLine, ChartMark, ChartOptions, ChartRegion } from './chart-parts';
import { chartPicture, download } from './chart-picture';
import { listenToPointer } from './chart-pointer';
import { chartTable } from './chart-table';
import { CursorMarks } from './cursor-marks';
import { Plot } from './plot';
import { closestIndex, type PlotCurve } from './plot-curve';
import { wordsOf } from './value-words';
import type { Span } from './x-range';

/** Pixels from a mark within which the cursor is at it. */
const AT_MARK = 6;

/** Lines over the horizontal axis of a group, with legend, table and picture. See `ChartGroup`. */
export class Chart {
  readonly #frame: ChartFrame;
  readonly #words: (value: number) => string;
  readonly #resize = new ResizeObserver((entries) => {
    for (const { contentRect } of entries) this.#resized(contentRect);
  });
  readonly #sight: IntersectionObserver;
  #lines: readonly ChartLine[] = [];
  #hidden: ReadonlySet<string> = new Set();
  #marks: readonly ChartMark[] = [];
  #regions: readonly ChartRegion[] = [];
  #plot: Plot | undefined;
  #cursorMarks = new CursorMarks();
  /** CSS pixels. Told by the browser: to ask for it would make it lay out the page in every frame. */
  #size = { width: 0, height: 0 };
  #isInSight = false;
  #isTable = false;
  #isStale = true;
  #drawn: { readonly version: number; readonly last: number } = { version: -1, last: Number.NaN };

  constructor(
    private readonly group: ChartGroup,
    private readonly options: ChartOptions,
  ) {
    this.#words = wordsOf(options);
    this.#frame = new ChartFrame(options, {
      toggleTable: (isTable) => {
        this.#isTable = isTable;
        this.viewChanged();
        group.redraw();
      },
      savePicture: () => this.#savePicture(),
    });
    const { place } = this.#frame;
    place.addEventListener('keydown', (event) => this.#press(event));
    place.addEventListener('blur', () => {
      group.cursor = undefined;
    });
    this.#resize.observe(place);
    this.#sight = new IntersectionObserver(
      (entries) => {
        this.#isInSight = entries.at(-1)?.isIntersecting ?? false;
        if (this.#isInSight) group.redraw();
      },
      { rootMargin: '150px' },
    );
    this.#sight.observe(this.#frame.element);
    group.add(this);
  }

  get element(): HTMLElement {
    return this.#frame.element;
  }

  /** From the first point to the last one, in values of x. */
  get extent(): Span | undefined {
    const all = this.#lines.map(({ curve }) => curve.points.steps).filter(({ length }) => length > 0);
    if (all.length === 0) return undefined;
    return {
      from: Math.min(...all.map((steps) => steps[0] ?? 0)),
      to: Math.max(...all.map((steps) => steps.at(-1) ?? 0)),
    };
  }

  get hasPoints(): boolean {
    return this.#lines.some(({ curve }) => curve.points.steps.length > 0);
  }

  /** What the chart draws from now on. The same lines again cost nothing. */
  setLines(lines: readonly ChartLine[]): void {
    const isSame =
      lines.length === this.#lines.length &&
      lines.every((line, index) => isSameLine(line, this.#lines[index]));
    this.#lines = lines;
    if (isSame) return;
    this.#setLegend();
    this.rebuild();
    this.group.redraw();
  }

  /** @param marks ascending */
  setMarks(marks: readonly ChartMark[]): void {
    if (JSON.stringify(marks) === JSON.stringify(this.#marks)) return;
    this.#marks = marks;
    this.viewChanged();
    this.group.redraw();
  }

  setRegions(regions: readonly ChartRegion[]): void {
    this.#regions = regions;
    this.viewChanged();
    this.group.redraw();
  }

  /** Draws anew from the ground up: other lines, colours or scales. */
  rebuild(): void {
    this.#plot?.dispose();
    this.#plot = undefined;
    this.viewChanged();
  }

  viewChanged(): void {
    this.#isStale = true;
  }

  /** One frame of the group. */
  frame(): void {
    if (!this.#isInSight) return;
    if (this.#isTable) {
      if (this.#isStale || this.#isOutdated()) this.#fillTable();
      return;
    }
    if (this.#size.width === 0) return;
    const plot = this.#plot ?? this.#makePlot();
    if (this.#isStale || this.#isOutdated()) {
      plot.draw({ x: this.group.visible, weight: this.group.weight });
      this.#markDrawn();
    }
    this.#showCursor(plot);
  }

  dispose(): void {
    this.#resize.disconnect();
    this.#sight.disconnect();
    this.#plot?.dispose();
    this.group.remove(this);
    this.element.remove();
  }

  get #shown(): readonly ChartLine[] {
    return this.#lines.filter(({ label }) => !this.#hidden.has(label));
  }

  get #version(): number {
    return this.#lines.reduce((sum, { curve }) => sum + curve.version, 0);
  }

  /** Whether points came that make a difference of half a pixel, or that cannot be seen where they are. */
  #isOutdated(): boolean {
    const { version, last } = this.#drawn;
    if (this.#version === version) return false;
    if (this.#isTable || !this.#plot) return true;
    const { from, to } = this.group.visible;
    const pixel = (to - from) / Math.max(1, this.#plot.width);
    if (!((this.extent?.to ?? 0) - last < pixel / 2)) return true;
    return this.#shown.some(({ curve }) => !this.#plot?.holds(curve.points.values.at(-1) ?? 0));
  }

  #markDrawn(): void {
    this.#isStale = false;
    this.#drawn = { version: this.#version, last: this.extent?.to ?? Number.NaN };
  }

  #makePlot(): Plot {
    const { place } = this.#frame;
    const plot = new Plot(
      place,
      {
        options: this.options,
        xAxis: this.group.options.xAxis,
        isLog: this.group.isLog && this.options.canBeLog === true,
        lines: this.#shown,
        colours: this.group.colours,
        marks: () => this.#marks,
        regions: () => this.#regions,
      },
      this.#size,
    );
    this.#cursorMarks = new CursorMarks();
    plot.over.append(this.#cursorMarks.element);
    listenToPointer(plot.over, this.#cursorMarks, this.group);
    this.#plot = plot;
    return plot;
  }

  #resized({ width, height }: { readonly width: number; readonly height: number }): void {
    // Whole ones, so that columns of points are columns of pixels.
    this.#size = { width: Math.floor(width), height: Math.floor(height) };
    if (width === 0) return;
    this.#plot?.resize(this.#size.width, this.#size.height);
    this.viewChanged();
    this.group.redraw();
  }

  #setLegend(): void {
    this.#frame.legend.setLines(this.#lines, this.#hidden, (label) => {
      const hidden = new Set(this.#hidden);
      if (!hidden.delete(label)) hidden.add(label);
      this.#hidden = hidden;
      this.#setLegend();
      this.rebuild();
      this.group.redraw();
    });
  }

  #showCursor(plot: Plot): void {
    const { cursor, home } = this.group;
    const told = cursor ?? home;
    this.#frame.legend.setValues(this.#lines.map((line) => this.#valueOf(line, told)));
    this.#frame.setPlace(told === undefined ? '' : `${this.group.options.xAxis.label} ${this.#xWords(told)}`);
    setText(this.#frame.note, cursor === undefined ? '' : this.#marksAt(plot, cursor).join('\n'));
    if (cursor === undefined) {
      this.#cursorMarks.hide();
      return;
    }
    const dots = this.#shown.flatMap((line) => {
      const { steps, values } = this.#curveOf(line).points;
      const index = closestIndex({ steps, values }, cursor);
      const x = steps[index];
      return x === undefined ? [] : [{ line, ...plot.position(x, values[index] ?? Number.NaN) }];
    });
    this.#cursorMarks.show(plot.position(cursor, 0).left, dots);
  }

  /** What a line is drawn by. */
  #curveOf({ curve, isSmoothed }: ChartLine): PlotCurve {
    return isSmoothed ? curve.smoothed(this.group.weight) : curve;
  }

  /** The value at the cursor, or the newest one. */
  #valueOf(line: ChartLine, cursor: number | undefined): string {
    const { points } = this.#curveOf(line);
    const index = cursor === undefined ? points.values.length - 1 : closestIndex(points, cursor);
    const value = points.values[index];
    if (value === undefined) return '';
    if (line.summaryOf) return line.summaryOf(index);
    const name = cursor === undefined ? undefined : line.nameOf?.(index);
    const words = line.wordsOf?.(index) ?? this.#words(value);
    return name === undefined ? words : `${words} (${name})`;
  }

  #marksAt(plot: Plot, x: number): string[] {
    const at = plot.position(x, 0).left;
    return this.#marks
      .filter((mark) => Math.abs(plot.position(mark.x, 0).left - at) <= AT_MARK)
      .map(({ text }) => text);
  }

  #xWords(x: number): string {
    const [line] = this.#lines;
    const { format = whole } = this.group.options.xAxis;
    // The place of a point rather than of a pixel.
    const points = line && this.#shown.length > 0 ? line.curve.points : undefined;
    return format(points?.steps[closestIndex(points, x)] ?? x);
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#isTable) return;
    const isOurs = pressChartKey(event, this.group, {
      neighbour: (coordinate, by) => this.#neighbour(coordinate, by),
      speak: () => this.group.options.speak(this.#sentence()),
    });
    if (!isOurs) return;
    event.preventDefault();
    this.#frame.setSpoken(this.#sentence(), this.group.cursor ?? this.group.visible.to);
  }

  #neighbour(coordinate: number, by: number): number {
    const points = this.#lines[0]?.curve.points;
    if (!points || points.steps.length === 0) return coordinate + by;
    const toAxis = (index: number) => this.group.toAxis(points.steps[index] ?? 0);
    const sign = Math.sign(by);
    const here = closestIndex(points, this.group.fromAxis(coordinate));
    const there = closestIndex(points, this.group.fromAxis(coordinate + by));
    const next = there === here || (toAxis(there) - coordinate) * sign <= 0 ? here + sign : there;
    return toAxis(Math.min(points.steps.length - 1, Math.max(0, next)));
  }

  /** What is under the cursor, in words. */
  #sentence(): string {
    const x = this.group.cursor ?? this.group.visible.to;
    const values = this.#shown.map((line) => `${line.label} ${this.#valueOf(line, x)}`);
    const marks = this.#plot ? this.#marksAt(this.#plot, x) : [];
    return [
      `${this.options.title}, ${this.group.options.xAxis.label} ${this.#xWords(x)}: ${values.join(', ')}`,
      ...marks,
    ].join('. ');
  }

  #fillTable(): void {
    const { title } = this.options;
    const { xAxis } = this.group.options;
    this.#frame.setTable(chartTable(title, xAxis, this.#shown, this.group.visible, this.#words));
    this.#markDrawn();
  }

  #savePicture(): void {
    const { title, unit = '' } = this.options;
    if (!this.#plot) return;
    const png = chartPicture({
      title,
      unit,
      canvas: this.#plot.canvas,
      colours: this.group.colours,
      legend: this.#shown.map((line) => ({
        label: line.label,
        colour: line.colour,
        value: this.#valueOf(line, this.group.home),
      })),
    });
    (this.group.options.savePicture ?? download)(title, png);
  }
}

function isSameLine(line: ChartLine, other: ChartLine | undefined): boolean {
  return (
    line.label === other?.label &&
    line.colour === other.colour &&
    line.curve === other.curve &&
    line.isSmoothed === other.isSmoothed &&
    line.isDashed === other.isDashed &&
    line.points === other.points &&
    line.isHollow === other.isHollow &&
    line.spread === other.spread
  );
}
