import { setText } from '../dom';
import { ChartFrame } from './chart-frame';
import type { ChartGroup } from './chart-group';
import { pressChartKey, stopsOf } from './chart-keys';
import {
  type ChartLine,
  type ChartMark,
  type ChartOptions,
  type ChartRegion,
  drawnCurve,
  isSameLine,
} from './chart-parts';
import { chartPicture, download } from './chart-picture';
import { listenToPointer } from './chart-pointer';
import { ChartSight } from './chart-sight';
import { chartTable } from './chart-table';
import { ChartWords } from './chart-words';
import { CursorMarks } from './cursor-marks';
import { Plot } from './plot/plot';
import { closestIndex } from './plot/plot-curve';
import type { Span } from './plot/x-range';

/** Pixels from a mark within which the cursor is at it. */
const AT_MARK = 6;

/** Lines over the horizontal axis of a group, with legend, table and picture. See `ChartGroup`. */
export class Chart {
  readonly #frame: ChartFrame;
  readonly #words: ChartWords;
  readonly #sight: ChartSight;
  #lines: readonly ChartLine[] = [];
  #hidden: ReadonlySet<string>;
  #marks: readonly ChartMark[] = [];
  #regions: readonly ChartRegion[] = [];
  #plot: Plot | undefined;
  #cursorMarks = new CursorMarks();
  #isTable: boolean;
  #isStale = true;
  #drawn: { readonly version: number; readonly last: number } = { version: -1, last: Number.NaN };

  constructor(
    private readonly group: ChartGroup,
    private readonly options: ChartOptions,
  ) {
    this.#words = new ChartWords(group, options);
    const { hidden, isTable } = group.settingsOf(options.title);
    this.#hidden = new Set(hidden);
    this.#isTable = isTable;
    this.#frame = new ChartFrame(options, isTable, {
      toggleTable: (isChosen) => {
        this.#isTable = isChosen;
        this.#settingsChanged();
      },
      savePicture: () => this.#savePicture(),
    });
    const { place, element } = this.#frame;
    place.addEventListener('keydown', (event) => this.#press(event));
    place.addEventListener('blur', () => {
      group.cursor = undefined;
    });
    this.#sight = new ChartSight(element, place, {
      came: () => group.redraw(),
      resized: () => this.#resized(),
    });
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
    if (!this.#sight.isInSight) return;
    if (this.#isTable) {
      if (this.#isStale || this.#isOutdated()) this.#fillTable();
      return;
    }
    if (this.#sight.size.width === 0) return;
    const plot = this.#plot ?? this.#makePlot();
    if (this.#isStale || this.#isOutdated()) {
      plot.draw({ x: this.group.visible, weight: this.group.weight });
      this.#markDrawn();
    }
    this.#showCursor(plot);
  }

  dispose(): void {
    this.#sight.dispose();
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
      this.#sight.size,
    );
    this.#cursorMarks = new CursorMarks();
    plot.over.append(this.#cursorMarks.element);
    listenToPointer(plot.over, this.#cursorMarks, this.group);
    this.#plot = plot;
    return plot;
  }

  #resized(): void {
    const { width, height } = this.#sight.size;
    this.#plot?.resize(width, height);
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
      this.#settingsChanged();
    });
  }

  #settingsChanged(): void {
    this.viewChanged();
    this.group.redraw();
    this.group.keepSettings(this.options.title, { hidden: [...this.#hidden], isTable: this.#isTable });
  }

  #showCursor(plot: Plot): void {
    const { cursor, home } = this.group;
    const told = cursor ?? home;
    this.#frame.legend.setValues(this.#lines.map((line) => this.#words.valueOf(line, told)));
    this.#frame.setPlace(told === undefined ? '' : this.#placeOf(told));
    setText(this.#frame.note, cursor === undefined ? '' : this.#marksAt(plot, cursor).join('\n'));
    if (cursor === undefined) {
      this.#cursorMarks.hide();
      return;
    }
    const dots = this.#shown.flatMap((line) => {
      const { steps, values } = drawnCurve(line, this.group.weight).points;
      const index = closestIndex({ steps, values }, cursor);
      const x = steps[index];
      return x === undefined ? [] : [{ line, ...plot.position(x, values[index] ?? Number.NaN) }];
    });
    this.#cursorMarks.show(plot.position(cursor, 0).left, dots);
  }

  #marksAt(plot: Plot, x: number): string[] {
    const at = plot.position(x, 0).left;
    return this.#marks
      .filter((mark) => Math.abs(plot.position(mark.x, 0).left - at) <= AT_MARK)
      .map(({ text }) => text);
  }

  #placeOf(x: number): string {
    return this.#words.place(x, this.#shown.length > 0 ? this.#lines[0] : undefined);
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#isTable) return;
    const isOurs = pressChartKey(event, this.group, {
      points: stopsOf(this.#lines[0]?.curve.points, this.#marks),
      speak: () => this.group.options.speak(this.#sentence()),
    });
    if (!isOurs) return;
    event.preventDefault();
    this.#frame.setSpoken(this.#sentence(), this.group.cursor ?? this.group.visible.to);
  }

  /** What is under the cursor, in words. */
  #sentence(): string {
    const x = this.group.cursor ?? this.group.visible.to;
    const values = this.#shown.map((line) => `${line.label} ${this.#words.valueOf(line, x)}`);
    const marks = this.#plot ? this.#marksAt(this.#plot, x) : [];
    return [`${this.options.title}, ${this.#placeOf(x)}: ${values.join(', ')}`, ...marks].join('. ');
  }

  #fillTable(): void {
    const { title } = this.options;
    const { visible, options } = this.group;
    const words = (value: number) => this.#words.value(value);
    this.#frame.setTable(chartTable(title, options.xAxis, this.#shown, visible, words));
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
        value: this.#words.valueOf(line, this.group.home),
      })),
    });
    (this.group.options.savePicture ?? download)(title, png);
  }
}
