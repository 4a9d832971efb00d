import type { PanelAction, ToPanel } from '../../src/core/panels/protocol';
import type { SweepPage } from '../../src/core/panels/sweep-page';
import { isLive } from '../../src/core/runs/liveness';
import { isFields } from '../../src/core/runs/read-files';
import { type KeptCharts, readKeptCharts, readTexts } from '../charts/kept-charts';
import type { Connection } from '../connection';
import { button } from '../controls';
import { make, setText } from '../dom';
import { KeptScroll } from '../kept-scroll';
import type { View } from '../view';
import { AnswerBox } from './answer-box';
import { ArmCurves } from './arm-curves';
import { ArmTable, type Sorting } from './arm-table';
import { BetaCharts } from './beta-charts';
import { RateMapTable } from './rate-map';
import { spokenChanges } from './spoken-changes';

/** What is kept of where the reader looks. */
interface Kept {
  readonly charts: KeptCharts;
  /** Of the charts by step. */
  readonly steps: KeptCharts;
  readonly sorting: Sorting | undefined;
  /** Folders of arms that are chosen. */
  readonly chosen: readonly string[];
  readonly scroll?: unknown;
}

function readKept(kept: unknown): Kept {
  const { charts, steps, sorting, chosen, scroll } = isFields(kept) ? kept : {};
  const { key, isDescending } = isFields(sorting) ? sorting : {};
  return {
    charts: readKeptCharts(charts),
    steps: readKeptCharts(steps),
    sorting: typeof key === 'string' ? { key, isDescending: isDescending === true } : undefined,
    chosen: readTexts(chosen),
    scroll,
  };
}

/** What beta does to the policy: the answer, its charts, and the arms that it comes from. */
export class SweepView implements View {
  readonly #title = make('h1');
  readonly #sentence = make('p', { class: 'faint' });
  readonly #buttons = make('div', { class: 'buttons' });
  readonly #live = make('p', { class: 'visually-hidden', role: 'status' });
  readonly #charts = make('section', { 'aria-label': 'What beta does' });
  readonly #steps: ArmCurves;
  readonly #map = new RateMapTable();
  readonly #unmeasured = make('p', { class: 'faint' });
  readonly element: HTMLElement;
  readonly #answer: AnswerBox;
  readonly #table: ArmTable;
  readonly #chosen: Set<string>;
  readonly #compare: HTMLElement;
  readonly #scroll: KeptScroll;
  #kept: Kept;
  #drawn: { readonly key: string; readonly charts: BetaCharts } | undefined;
  #page: SweepPage | undefined;

  constructor(private readonly connection: Connection) {
    this.#kept = readKept(connection.kept);
    this.#chosen = new Set(this.#kept.chosen);
    this.#scroll = new KeptScroll(this.#kept.scroll, (scroll) => this.#keep({ scroll }));
    const act = (action: PanelAction) => connection.do(action);
    this.#answer = new AnswerBox(connection.isLive ? act : undefined);
    this.#steps = new ArmCurves({
      kept: this.#kept.steps,
      savePicture: this.#savePicture,
      speak: this.#speak,
      changed: () => this.#keep({ steps: this.#steps.kept }),
    });
    this.#table = new ArmTable(
      {
        canChoose: connection.isLive,
        can: (action, { folder }) => (action === 'open' ? connection.canOpen(folder) : connection.isLive),
        act: (action, { folder }) => act({ kind: action, run: folder }),
        chosen: (arm, isChosen) => this.#choose(arm.folder, isChosen),
      },
      this.#chosen,
      (sorting) => this.#keep({ sorting }),
      this.#kept.sorting,
    );
    this.#compare = button({
      label: '',
      title: 'Lays their curves over one another. Tick the arms to compare; without ticks, all.',
      press: () => this.#compareArms(),
    });
    this.element = make(
      'main',
      { class: 'sweep' },
      make('header', { class: 'page-head' }, make('div', {}, this.#title, this.#sentence), this.#buttons),
      this.#answer.element,
      this.#map.element,
      this.#charts,
      this.#unmeasured,
      this.#steps.element,
      make(
        'section',
        { 'aria-labelledby': 'arms' },
        make(
          'header',
          { class: 'section-head' },
          make('h2', { id: 'arms' }, 'Arms'),
          connection.isLive ? this.#compare : undefined,
        ),
        this.#table.element,
        make(
          'p',
          { class: 'faint' },
          'Raw rewards are not shown: they grow with beta itself. Margins are divided by beta.',
        ),
      ),
      this.#live,
    );
  }

  receive(message: ToPanel): void {
    if (message.kind === 'curves') this.#steps.receive(message);
    if (message.kind !== 'page' || message.page.kind !== 'sweep') return;
    const { page } = message;
    setText(this.#title, page.title);
    setText(this.#sentence, page.sentence);
    setText(this.#live, spokenChanges(this.#page, page));
    this.#answer.show(page);
    this.#map.show(page);
    this.#showCharts(page);
    this.#steps.show(page.arms);
    this.#placeSteps(page);
    this.#table.show(page);
    this.#showButtons(page);
    this.#page = page;
    this.#nameCompare();
    this.#scroll.place();
  }

  dispose(): void {
    this.#scroll.dispose();
    this.#steps.dispose();
    this.#drawn?.charts.dispose();
  }

  readonly #speak = (text: string): void => setText(this.#live, text);

  /** Undefined where nobody can save it: a report has a download. */
  get #savePicture(): ((name: string, png: string) => void) | undefined {
    const { connection } = this;
    if (!connection.isLive) return undefined;
    return (name, png) =>
      connection.do({ kind: 'savePicture', name: `${this.#page?.title ?? 'sweep'} ${name}`, png });
  }

  /** What happens now comes first while arms train; afterwards what beta did. */
  #placeSteps({ arms }: SweepPage): void {
    const isFirst = arms.some(({ state }) => isLive(state));
    if (this.#steps.element.dataset.first === String(isFirst)) return;
    this.#steps.element.dataset.first = String(isFirst);
    if (isFirst) this.#charts.before(this.#steps.element);
    else this.#unmeasured.after(this.#steps.element);
  }

  #showCharts(page: SweepPage): void {
    const key = BetaCharts.keyOf(page);
    if (this.#drawn?.key !== key) {
      this.#drawn?.charts.dispose();
      const charts = new BetaCharts(page, {
        kept: this.#drawn?.charts.kept ?? this.#kept.charts,
        savePicture: this.#savePicture,
        speak: this.#speak,
        changed: () => this.#keep({ charts: charts.kept }),
      });
      this.#drawn = { key, charts };
      this.#charts.replaceChildren(charts.element);
    }
    const { charts } = this.#drawn;
    charts.show(page);
    const words = page.arms.some(({ state }) => isLive(state))
      ? 'Nothing was measured on held-out pairs or generated texts yet. Charts appear with the first evaluation.'
      : 'Nothing was measured on held-out pairs or generated texts: there are no charts.';
    const isMeasured = page.arms.some(
      ({ quality, ended }) => Number.isFinite(quality) || Number.isFinite(ended),
    );
    setText(this.#unmeasured, isMeasured ? '' : words);
  }

  #showButtons(page: SweepPage): void {
    const { connection } = this;
    const { config } = page;
    const live = page.arms.filter(({ state }) => isLive(state));
    const lost = live.length === 0 ? lostArms(page) : [];
    const key = `${config} ${live.length > 0} ${lost.join()}`;
    if (!connection.isLive || this.#buttons.dataset.key === key) return;
    this.#buttons.dataset.key = key;
    const resume = {
      label: `Resume ${lost.length} arms`,
      title: 'Goes on with arms that did not complete, each from its last checkpoint',
      primary: page.answer.kind !== 'decided' && page.answer.next === undefined,
      press: () => connection.do({ kind: 'resumeAll', runs: lost }),
    };
    const stop = {
      label: 'Stop all',
      title: 'Stops every arm that is not done, with a checkpoint',
      press: () => this.#stopAll(),
    };
    this.#buttons.replaceChildren(
      // A row has a button for one alone.
      ...(lost.length > 1 ? [button(resume)] : []),
      ...(config === undefined
        ? []
        : [
            button({
              label: 'Open config',
              press: () => connection.do({ kind: 'openConfig', file: config }),
            }),
          ]),
      button({ label: 'Report', press: () => connection.do({ kind: 'reportSweep', sweep: page.id }) }),
      ...(live.length > 0 ? [button(stop)] : []),
    );
  }

  #stopAll(): void {
    for (const { folder, state } of this.#page?.arms ?? [])
      if (isLive(state)) this.connection.do({ kind: 'stop', run: folder });
  }

  #choose(folder: string, isChosen: boolean): void {
    if (isChosen) this.#chosen.add(folder);
    else this.#chosen.delete(folder);
    this.#keep({ chosen: [...this.#chosen] });
    this.#nameCompare();
  }

  /** Those that were chosen; with fewer than two, all. */
  get #toCompare(): string[] {
    const all = (this.#page?.arms ?? []).map(({ folder }) => folder);
    const chosen = all.filter((folder) => this.#chosen.has(folder));
    return chosen.length < 2 ? all : chosen;
  }

  #nameCompare(): void {
    const { length } = this.#toCompare;
    const isAll = length === this.#page?.arms.length;
    setText(this.#compare, `Compare ${isAll ? 'all ' : ''}${length} arms`);
    this.#compare.hidden = length < 2;
  }

  #compareArms(): void {
    this.connection.do({ kind: 'compare', runs: this.#toCompare });
  }

  #keep(changed: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...changed };
    this.connection.keep(this.#kept);
  }
}

/** Folders of arms that could go on and should: what broke off past the cliff has said what it had to say. */
function lostArms({ arms }: SweepPage): string[] {
  return arms
    .filter(
      ({ isOther, verdict, actions }) =>
        !isOther && verdict !== 'past the cliff' && actions.includes('resume'),
    )
    .map(({ folder }) => folder);
}
