import type { ComparePage } from '../../src/core/panels/compare-page';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { MetricsLine } from '../../src/core/runs/format';
import { isLive } from '../../src/core/runs/liveness';
import { isFields } from '../../src/core/runs/read-files';
import { chartControls } from '../charts/chart-controls';
import { ChartGroup, type KeptCharts } from '../charts/chart-group';
import type { Connection } from '../connection';
import { dropdown } from '../controls';
import { make, setText } from '../dom';
import { RunCurves } from '../run/run-curves';
import type { View } from '../view';
import { CompareCharts } from './compare-charts';
import { differencesTable } from './differences-table';
import { RunList } from './run-list';

/** What is kept of where the reader looks. */
interface Kept {
  readonly charts?: KeptCharts;
  readonly split?: MetricsLine['split'];
  readonly hidden?: readonly string[];
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
  #kept: Kept;
  #drawn: CompareCharts | undefined;
  #page: ComparePage | undefined;

  constructor(private readonly connection: Connection) {
    this.#kept = isFields(connection.kept) ? connection.kept : {};
    this.#hidden = new Set(this.#kept.hidden);
    this.#group = new ChartGroup({
      xAxis: { label: 'step' },
      ...(this.#kept.charts && { kept: this.#kept.charts }),
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
    const split = dropdown('Measured on', SPLITS, this.#split, (value) => {
      this.#keep({ split: value === 'train' ? 'train' : 'eval' });
      this.#draw();
    });
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

  get #split(): MetricsLine['split'] {
    return this.#kept.split ?? 'eval';
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
  }

  dispose(): void {
    this.#group.dispose();
  }

  #show(page: ComparePage): void {
    this.#speakNews(page);
    const isOther = JSON.stringify(page.differences) !== JSON.stringify(this.#page?.differences);
    this.#page = page;
    setText(this.#title, page.title);
    setText(
      this.#missing,
      page.missing.length === 0 ? '' : `Not there any more: ${page.missing.join(', ')}.`,
    );
    this.#runs.show(page.runs);
    if (isOther || this.#differences.childElementCount === 0) {
      this.#differences.replaceChildren(make('h2', {}, 'What differs'), differencesTable(page));
    }
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
    this.#drawn.show(runs, this.#curves, this.#hidden, this.#split);
  }

  #speakNews({ runs }: ComparePage): void {
    const before = new Map(this.#page?.runs.map(({ folder, state }) => [folder, state]));
    const news = runs.filter(({ folder, state }) => before.has(folder) && before.get(folder) !== state);
    if (news.length > 0) setText(this.#live, news.map(({ label, state }) => `${label}: ${state}.`).join(' '));
  }

  #keep(changed: Kept): void {
    this.#kept = { ...this.#kept, ...changed };
    this.connection.keep(this.#kept);
  }
}
