import { runGlance } from '../../src/core/panels/key-figures';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { RunPage } from '../../src/core/panels/run-page';
import { isKnownMetric, type MetricsLine } from '../../src/core/runs/format';
import { isLive } from '../../src/core/runs/liveness';
import { decimal } from '../../src/core/words/numbers';
import { chartControls } from '../charts/chart-controls';
import { ChartGroup } from '../charts/chart-group';
import type { Connection } from '../connection';
import { dropdown } from '../controls';
import { make, setText } from '../dom';
import { KeptScroll } from '../kept-scroll';
import type { View } from '../view';
import { RunAlarms } from './run-alarms';
import { RunCharts } from './run-charts';
import { RunCurves } from './run-curves';
import { glanceTiles } from './run-glance-tiles';
import { RunHeader } from './run-header';
import { RunLog } from './run-log';
import { type RunNavigation, readNavigation } from './run-navigation';
import { RunTexts } from './run-texts';

const REWARDS = [
  { value: 'divided', label: 'Rewards: divided by beta' },
  { value: 'raw', label: 'raw rewards' },
] as const;

/** Milliseconds after which figures in words follow points. */
const FIGURES_PAUSE = 1000;

/** One run, as it goes or as it went. */
export class RunView implements View {
  #navigation: RunNavigation;
  readonly #curves = new RunCurves();
  readonly #group: ChartGroup;
  readonly #charts: RunCharts;
  readonly #header: RunHeader;
  readonly #alarms: RunAlarms;
  readonly #texts: RunTexts;
  readonly #log = new RunLog();
  readonly #tiles = make('dl', { class: 'tiles' });
  readonly #empty = make('p', { class: 'run-empty', hidden: true });
  readonly #controls: HTMLElement;
  readonly #rewards: HTMLElement;
  readonly #spoken = make('div', { class: 'visually-hidden', role: 'status' });
  readonly element: HTMLElement;
  readonly #scroll: KeptScroll;
  #page: RunPage | undefined;
  #figuresTimer: number | undefined;
  #tilesShown = '';

  constructor(private readonly connection: Connection) {
    this.#navigation = readNavigation(connection.kept);
    const { charts, rewards, evaluation, allTexts, allAlarms } = this.#navigation;
    this.#group = new ChartGroup({
      xAxis: { label: 'step' },
      kept: charts,
      speak: (text) => this.#speak(text),
      savePicture: connection.isLive
        ? (name, png) =>
            connection.do({ kind: 'savePicture', name: `${this.#page?.title ?? 'run'} ${name}`, png })
        : undefined,
    });
    this.#group.onChange(() => this.#keep({ charts: this.#group.kept }));
    this.#header = new RunHeader(connection);
    this.#alarms = new RunAlarms(
      allAlarms,
      (isOpen) => this.#keep({ allAlarms: isOpen }),
      connection.isLive
        ? (config, { changes }) => connection.do({ kind: 'changeConfig', config, changes })
        : undefined,
    );
    this.#charts = new RunCharts(this.#group, this.#curves);
    this.#texts = new RunTexts({ evaluation, allTexts }, (choice) => this.#keep(choice));
    this.#rewards = dropdown('Rewards', REWARDS, rewards, (value) => {
      this.#keep({ rewards: value === 'raw' ? 'raw' : 'divided' });
      this.#charts.update(this.#navigation.rewards);
    });
    this.#controls = chartControls(this.#group, this.#rewards);
    this.element = make(
      'main',
      { class: 'run' },
      this.#header.element,
      this.#tiles,
      this.#alarms.element,
      this.#empty,
      this.#controls,
      this.#charts.element,
      this.#texts.element,
      this.#log.element,
      this.#spoken,
    );
    this.#showPoints();
    this.#scroll = new KeptScroll(this.#navigation.scroll, (scroll) => this.#keep({ scroll }));
  }

  receive(message: ToPanel): void {
    switch (message.kind) {
      case 'page':
        if (message.page.kind === 'run') this.#showPage(message.page);
        return;
      case 'curves':
        this.#takePoints(message);
        return;
      case 'texts':
        this.#texts.show(message.evaluations);
        return;
      case 'log':
        this.#log.show(message.text);
        return;
    }
  }

  dispose(): void {
    this.#scroll.dispose();
    window.clearTimeout(this.#figuresTimer);
    this.#group.dispose();
  }

  #takePoints(message: Extract<ToPanel, { kind: 'curves' }>): void {
    const isNew = message.restart || message.parts.some(({ split, name }) => !this.#curves.has(split, name));
    this.#curves.take(message);
    if (isNew) this.#showPoints();
    else this.#figuresTimer ??= window.setTimeout(() => this.#showFigures(), FIGURES_PAUSE);
    this.#group.pointsCame();
    this.#scroll.place();
  }

  #showPage(page: RunPage): void {
    this.#speakNews(page);
    this.#page = page;
    this.#group.isLive = isLive(page.state);
    this.#header.show(page);
    this.#charts.setMarks(page);
    this.#showPoints();
  }

  #showPoints(): void {
    const { isEmpty } = this.#curves;
    this.#charts.update(this.#navigation.rewards);
    this.#controls.hidden = isEmpty;
    this.#rewards.hidden = !this.#charts.hasBothRewards;
    this.#empty.hidden = !isEmpty;
    this.#showFigures();
  }

  #showFigures(): void {
    window.clearTimeout(this.#figuresTimer);
    this.#figuresTimer = undefined;
    const page = this.#page;
    if (!page) return;
    const figures = runGlance((split, name) =>
      this.#curves.has(split, name) ? this.#curves.get(split, name).points : undefined,
    );
    this.#alarms.show(page, { train: this.#newest('train'), eval: this.#newest('eval') });
    const beta = Number.isNaN(page.beta) ? '' : decimal(page.beta);
    const shown = JSON.stringify([beta, figures, page.alarms]);
    if (shown !== this.#tilesShown) this.#tiles.replaceChildren(...glanceTiles(beta, figures, page.alarms));
    this.#tilesShown = shown;
    this.#tiles.hidden = beta === '' && figures.length === 0;
    setText(
      this.#empty,
      isLive(page.state)
        ? 'Curves appear with the first logged step.'
        : 'Failed before the first step, so there are no charts.',
    );
  }

  /** Of what alarms are about. */
  #newest(split: MetricsLine['split']): MetricsLine['values'] {
    const names = (this.#page?.alarms ?? [])
      .flatMap(({ values = {} }) => Object.keys(values))
      .filter(isKnownMetric);
    const known = names.filter((name) => this.#curves.has(split, name));
    return Object.fromEntries(
      known.map((name) => [name, this.#curves.get(split, name).points.values.at(-1) ?? 'NaN']),
    );
  }

  /** Another state and new alarms are said aloud; points are not. */
  #speakNews(page: RunPage): void {
    const before = this.#page;
    if (!before) return;
    const news = [
      ...(page.state === before.state ? [] : [page.sentence]),
      ...page.alarms.filter((alarm) => !isKnown(alarm, before)).map(({ message }) => message),
    ];
    if (news.length > 0) this.#speak(news.join(' '));
  }

  /** What is said twice has to be another text, or a screen reader keeps silent. */
  #speak(text: string): void {
    this.#spoken.textContent = this.#spoken.textContent === text ? `${text} ` : text;
  }

  #keep(change: Partial<RunNavigation>): void {
    this.#navigation = { ...this.#navigation, ...change };
    this.connection.keep(this.#navigation);
  }
}

function isKnown({ code, severity, step, cleared }: RunPage['alarms'][number], { alarms }: RunPage): boolean {
  return (
    cleared !== undefined ||
    alarms.some((other) => other.code === code && other.severity === severity && other.step === step)
  );
}
