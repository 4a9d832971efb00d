import type { XAxis } from './chart-parts';
import { Frames } from './frames';
import type { KeptChart, KeptCharts } from './kept-charts';
import { type Span, XRange } from './plot/x-range';
import { ThemeColours } from './theme-colours';

export interface GroupOptions {
  readonly xAxis: XAxis;
  readonly kept?: KeptCharts;
  /** Saves a picture of a chart; absent in a report, where it becomes a download. */
  readonly savePicture?: ((name: string, png: string) => void) | undefined;
  /** Says something to a screen reader, in the panel's one live region. */
  readonly speak: (text: string) => void;
}

/** A chart, as its group sees it. */
export interface GroupMember {
  /** From the first point to the last one, in values of x; undefined without points. */
  readonly extent: Span | undefined;
  /** Colours or scales are other ones. */
  rebuild(): void;
  /** Another part is to be seen, or the cursor moved. */
  viewChanged(): void;
  /** Draws what has changed. */
  frame(): void;
  dispose(): void;
}

/**
 * Charts that share their horizontal axis: cursor, zoom, smoothing and the frame in which they are drawn.
 *
 *     const group = new ChartGroup({ xAxis: { label: 'step' }, speak });
 *     const loss = new Chart(group, { title: 'Loss', unit: 'nats', explanation: '...' });
 *     const curve = new StepCurve();
 *     loss.setLines([{ label: 'train', colour: '--line-1', curve, isSmoothed: true }]);
 *     parent.append(loss.element);
 *     curve.append({ steps, values });     // as often as points come
 *     group.pointsCame();                  // then once
 *
 * `new FixedCurve(betas, values)` for a few points at any x, with `xAxis: { label: 'beta', isLog: true }`.
 */
export class ChartGroup {
  readonly colours: ThemeColours;
  readonly range: XRange;
  readonly #charts = new Set<GroupMember>();
  readonly #settings: Map<string, KeptChart>;
  readonly #listeners = new Set<() => void>();
  readonly #frames: Frames;
  #weight: number;
  #isLog: boolean;
  #isLive = false;
  #cursor: number | undefined;
  #home: number | undefined;

  constructor(readonly options: GroupOptions) {
    this.range = new XRange(options.kept?.range);
    this.#weight = options.kept?.weight ?? 0;
    this.#isLog = options.kept?.isLog ?? false;
    this.#settings = new Map(Object.entries(options.kept?.charts ?? {}));
    this.#frames = new Frames(() => this.#draw());
    this.colours = new ThemeColours(() => {
      for (const chart of this.#charts) chart.rebuild();
      this.#frames.soon();
    });
  }

  get kept(): KeptCharts {
    const charts = Object.fromEntries(this.#settings);
    return { range: this.range.kept, weight: this.#weight, isLog: this.#isLog, charts };
  }

  /** What the reader has set for the chart of this title. */
  settingsOf(title: string): KeptChart {
    return this.#settings.get(title) ?? { hidden: [], isTable: false };
  }

  keepSettings(title: string, settings: KeptChart): void {
    this.#settings.set(title, settings);
    this.#tell();
  }

  get weight(): number {
    return this.#weight;
  }

  set weight(weight: number) {
    this.#weight = weight;
    this.viewChanged();
  }

  get isLog(): boolean {
    return this.#isLog;
  }

  set isLog(isLog: boolean) {
    this.#isLog = isLog;
    for (const chart of this.#charts) chart.rebuild();
    this.viewChanged();
  }

  /** Whether points go on coming, so that there is an edge to follow. */
  get isLive(): boolean {
    return this.#isLive;
  }

  set isLive(isLive: boolean) {
    if (this.#isLive === isLive) return;
    this.#isLive = isLive;
    this.#tell();
  }

  /** Where the shared cursor is; undefined where it is nowhere. */
  get cursor(): number | undefined {
    return this.#cursor;
  }

  set cursor(wanted: number | undefined) {
    const x = wanted === undefined ? undefined : this.#stopAt(wanted);
    if (this.#cursor === x) return;
    this.#cursor = x;
    this.#frames.soon();
  }

  /** What values are told of while the cursor is nowhere; the newest where it is undefined. */
  get home(): number | undefined {
    return this.#home;
  }

  set home(x: number | undefined) {
    this.#home = x;
    this.#frames.soon();
  }

  /** What all charts show now, in values of x. */
  get visible(): Span {
    const { from, to } = this.range.visible;
    return { from: this.fromAxis(from), to: this.fromAxis(to) };
  }

  /** The axis' own coordinates, in which it is even. */
  toAxis(x: number): number {
    return this.options.xAxis.isLog ? Math.log10(x) : x;
  }

  fromAxis(coordinate: number): number {
    return this.options.xAxis.isLog ? 10 ** coordinate : coordinate;
  }

  /** @param listener called when range, smoothing, scale or a chart's settings are others, to show and keep them */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  add(chart: GroupMember): void {
    this.#charts.add(chart);
  }

  remove(chart: GroupMember): void {
    this.#charts.delete(chart);
  }

  /** Curves grew: they are drawn as soon as it costs little. */
  pointsCame(): void {
    this.#frames.later();
  }

  /** Something is to be seen with the next frame. */
  redraw(): void {
    this.#frames.soon();
  }

  /** The reader looks elsewhere, by `range` or otherwise. */
  viewChanged(): void {
    this.#measure();
    for (const chart of this.#charts) chart.viewChanged();
    this.#frames.soon();
    this.#tell();
  }

  dispose(): void {
    this.#frames.dispose();
    this.colours.dispose();
    this.#listeners.clear();
    for (const chart of [...this.#charts]) chart.dispose();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #stopAt(x: number): number {
    const distance = (stop: number) => Math.abs(this.toAxis(stop) - this.toAxis(x));
    const { stops = [] } = this.options.xAxis;
    return stops.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best), stops[0] ?? x);
  }

  #draw(): void {
    this.#measure();
    for (const chart of this.#charts) chart.frame();
  }

  #measure(): void {
    let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const chart of this.#charts) {
      const extent = chart.extent;
      if (!extent) continue;
      from = Math.min(from, extent.from);
      to = Math.max(to, extent.to);
    }
    if (from > to) return;
    const { isLog } = this.options.xAxis;
    // Points on a logarithmic axis are few and large: not at its very edge.
    const room = isLog ? Math.max(0.06 * (this.toAxis(to) - this.toAxis(from)), 0.1) : 0;
    this.range.setExtent(this.toAxis(from) - room, this.toAxis(to) + room);
  }
}
