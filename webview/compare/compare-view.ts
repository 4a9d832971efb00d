import type { ComparePage } from '../../src/core/panels/compare-page';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { MetricsLine } from '../../src/core/runs/format';
import { isLive } from '../../src/core/runs/liveness';
import { isFields } from '../../src/core/runs/read-files';
import { chartControls } from '../charts/chart-controls';
import { ChartGroup } from '../charts/chart-group';
import { type KeptCharts, readKeptCharts, readTexts } from '../charts/kept-charts';
import type { Connection } from '../connection';
import { dropdown } from '../controls';
import { make, setText } from '../dom';
import { KeptScroll } from '../kept-scroll';
import { RunCurves } from '../run/run-curves';
import type { View } from '../view';
import { CompareCharts } from './compare-charts';
import { differencesParts } from './differences-table';
import { RunList } from './run-list';

/** What is kept of where the reader looks. */
interface Kept {
  readonly charts: KeptCharts;
  readonly split: MetricsLine['split'];
  /** Folders of runs that are not shown. */
  readonly hidden: readonly string[];
  readonly scroll?: unknown;
}

function readKept(kept: unknown): Kept {
  const { charts, split, hidden, scroll } = isFields(kept) ? kept : {};
  return {
    charts: readKeptCharts(charts),
    split: split === 'train' ? 'train' : 'eval',
    hidden: readTexts(hidden),
    scroll,
  };
}

const SPLITS = [
  { value: 'eval', label: 'held-out pairs' },
  { value: 'train', label: 'training pairs' },
] as const;

/** Several runs laid over one another. */
export class CompareView implements View {
  readonly #title = make('h1');
  readonly #missing = make('p', { class: 'faint' });
  readonly #differences = make('section', { 'aria-label': 'Settings that differ' });
  readonly #charts = make('div');
  readonly #live = make('p', { class: 'visually-hidden', role: 'status' });
  readonly element: HTMLElement;
  readonly #group: ChartGroup;
  readonly #curves = new Map<string, RunCurves>();
  readonly #hidden: Set<string>;
  readonly #runs: RunList;
  readonly #scroll: KeptScroll;
  #kept: Kept;
  #drawn: CompareCharts | undefined;
  #page: ComparePage | undefined;

  constructor(private readonly connection: Connection) {
    this.#kept = readKept(connection.kept);
    this.#hidden = new Set(this.#kept.hidden);
    this.#group = new ChartGroup({
      xAxis: { label: 'step' },
      kept: this.#kept.charts,
      speak: (text) => setText(this.#live, text),
      savePicture: connection.isLive
        ? (name, png) => connection.do({ kind: 'savePicture', name: `compare ${name}`, png })
        : undefined,
    });
    this.#group.onChange(() => this.#keep({ charts: this.#group.kept }));
    this.#runs = new RunList(connection, this.#hidden, () => {
      this.#keep({ hidden: [...this.#hidden] });
      this.#draw();
    });
    const split = dropdown('Measured on', SPLITS, this.#kept.split, (value) => {
      this.#keep({ split: value === 'train' ? 'train' : 'eval' });
      this.#draw();
    });
    this.#scroll = new KeptScroll(this.#kept.scroll, (scroll) => this.#keep({ scroll }));
    this.element = make(
      'main',
      { class: 'compare' },
      this.#title,
      this.#missing,
      this.#runs.element,
      this.#differences,
      chartControls(this.#group, split),
      this.#charts,
      this.#live,
    );
  }

  receive(message: ToPanel): void {
    if (message.kind === 'page' && message.page.kind === 'compare') this.#show(message.page);
    if (message.kind !== 'curves') return;
    const curves = this.#curves.get(message.run) ?? new RunCurves();
    this.#curves.set(message.run, curves);
    const isNew = message.restart || message.parts.some(({ split, name }) => !curves.has(split, name));
    curves.take(message);
    if (isNew) this.#draw();
    this.#group.pointsCame();
    this.#scroll.place();
  }

  dispose(): void {
    this.#scroll.dispose();
    this.#group.dispose();
  }

  #show(page: ComparePage): void {
    this.#speakNews(page);
    const isOther = whatDiffers(page) !== (this.#page && whatDiffers(this.#page));
    this.#page = page;
    setText(this.#title, page.title);
    setText(
      this.#missing,
      page.missing.length === 0 ? '' : `Not there any more: ${page.missing.join(', ')}.`,
    );
    this.#runs.show(page.runs);
    if (isOther) this.#differences.replaceChildren(...differencesParts(page));
    this.#group.isLive = page.runs.some(({ state }) => isLive(state));
    this.#draw();
  }

  #draw(): void {
    if (!this.#page) return;
    const { runs } = this.#page;
    const betasDiffer = new Set(runs.map(({ beta }) => beta)).size > 1;
    if (this.#drawn?.betasDiffer !== betasDiffer) {
      this.#drawn?.dispose();
      this.#drawn = new CompareCharts(this.#group, betasDiffer);
      this.#charts.replaceChildren(this.#drawn.element);
    }
    this.#drawn.show(runs, this.#curves, this.#hidden, this.#kept.split);
  }

  #speakNews({ runs }: ComparePage): void {
    const before = new Map(this.#page?.runs.map(({ folder, state }) => [folder, state]));
    const news = runs.filter(({ folder, state }) => before.has(folder) && before.get(folder) !== state);
    if (news.length > 0) setText(this.#live, news.map(({ label, state }) => `${label}: ${state}.`).join(' '));
  }

  #keep(changed: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changed };
    this.connection.keep(this.#kept);
  }
}

function whatDiffers({ differences, runs }: ComparePage): string {
  return JSON.stringify([differences, runs.map(({ label }) => label)]);
}
