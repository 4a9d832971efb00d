import { listedPairs, sampleInWords } from '../../src/core/panels/pair-lists';
import type { PairList, PairsPage } from '../../src/core/panels/pairs-page';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { Connection } from '../connection';
import { button } from '../controls';
import { make, setText } from '../dom';
import type { View } from '../view';
import { Answers } from './answers';
import { checkpointChoice, listControls } from './choices';
import { type Navigation, readNavigation } from './navigation';
import { pairDetail } from './pair-detail';
import { PairListBox } from './pair-list';

/** The pair inspector: a list of pairs, and one of them token by token. */
export class PairsView implements View {
  readonly #answers: Answers;
  #navigation: Navigation;
  #page: PairsPage | undefined;
  #list: PairList | undefined;
  /** The step that a list is asked for. */
  #asked: number | undefined;

  readonly #title = make('h1');
  readonly #checkpoint = make('span', { class: 'checkpoint' });
  readonly #about = make('span', { class: 'about faint' });
  readonly #status = make('p', { class: 'status', role: 'status' });
  readonly #controls = make('div', { class: 'list-controls' });
  readonly #count = make('span', { 'aria-live': 'polite' });
  readonly #unit = make('span', { class: 'number' });
  readonly #captions = make(
    'div',
    { class: 'captions faint' },
    make(
      'span',
      { title: 'How far the chosen response moved, above, and the rejected one, below, in nats' },
      'moved',
    ),
    this.#count,
    this.#unit,
  );
  readonly #box = new PairListBox((pair) => this.#go({ pair }));
  readonly #detail = make('div', { class: 'detail' });
  readonly #panes = make(
    'div',
    { class: 'panes', hidden: true },
    make(
      'section',
      { class: 'list', 'aria-label': 'List of pairs' },
      this.#controls,
      this.#captions,
      this.#box.element,
    ),
    this.#detail,
  );
  readonly element = make(
    'main',
    { class: 'pairs' },
    make('header', {}, this.#title, make('div', { class: 'bar' }, this.#checkpoint, this.#about)),
    this.#status,
    this.#panes,
  );

  constructor(private readonly connection: Connection) {
    this.#answers = new Answers(connection);
    this.#navigation = readNavigation(connection.kept);
    this.#controls.append(
      ...listControls(this.#navigation, (change) => {
        this.#go(change);
        this.#showRows();
      }),
    );
  }

  receive(message: ToPanel): void {
    if (message.kind !== 'page' || message.page.kind !== 'pairs') return;
    const before = this.#page;
    this.#page = message.page;
    setText(this.#title, message.page.title);
    if (before?.checkpoints.join() !== message.page.checkpoints.join()) this.#offerCheckpoints();
    if (this.#asked === undefined) this.#begin(message.page);
  }

  dispose(): void {
    // Answers that are still to come find nothing that is waited for.
    this.#asked = undefined;
    this.#page = undefined;
  }

  /** At the step that was looked at, else the newest; the starting policy only when somebody wants it. */
  #begin({ checkpoints, words }: PairsPage): void {
    const wanted = this.#navigation.checkpoint;
    const step = wanted !== undefined && checkpoints.includes(wanted) ? wanted : checkpoints.at(-1);
    if (step !== undefined && (step > 0 || wanted === 0)) {
      void this.#load(step);
      return;
    }
    this.#status.replaceChildren(
      make('span', {}, words),
      button({ label: 'Inspect the starting policy', press: () => this.#choose(0) }),
    );
  }

  #choose(checkpoint: number): void {
    this.#go({ checkpoint });
    void this.#load(checkpoint);
  }

  async #load(checkpoint: number): Promise<void> {
    this.#asked = checkpoint;
    const isCurrent = (): boolean => this.#asked === checkpoint;
    this.#offerCheckpoints();
    this.element.setAttribute('aria-busy', 'true');
    this.#say('Starting the trainer');
    try {
      const list = await this.#answers.list(checkpoint, (words) => isCurrent() && this.#say(words));
      if (!isCurrent()) return;
      this.#list = list;
      this.#say('');
      this.#showList(list);
    } catch (error) {
      if (!isCurrent()) return;
      this.#say('');
      this.#status.replaceChildren(
        make('span', { class: 'failure' }, error instanceof Error ? error.message : String(error)),
        button({ label: 'Try again', press: () => void this.#load(checkpoint) }),
      );
    }
    this.element.removeAttribute('aria-busy');
  }

  #say(words: string): void {
    this.#status.classList.toggle('working', words !== '');
    setText(this.#status, words);
  }

  #offerCheckpoints(): void {
    const { checkpoints = [] } = this.#page ?? {};
    const chosen = this.#asked ?? this.#navigation.checkpoint ?? checkpoints.at(-1) ?? 0;
    this.#checkpoint.replaceChildren(
      ...(this.#asked === undefined
        ? []
        : checkpointChoice(checkpoints, chosen, (step) => this.#choose(step))),
    );
  }

  #showList(list: PairList): void {
    const { baseline, why } = list.comparison;
    setText(this.#unit, list.comparison.lengthNormalized ? 'margin, nats/token' : 'margin, nats');
    setText(this.#about, `against ${baseline} · ${sampleInWords(list)} · bars: chosen above, rejected below`);
    this.#about.title = why ?? '';
    this.#panes.hidden = false;
    this.#showRows();
    void this.#showPair();
  }

  #showRows(): void {
    const list = this.#list;
    if (!list) return;
    const { order, split, search, pair } = this.#navigation;
    const rows = listedPairs(list, order, split, search);
    const chosen = rows.some(({ id }) => id === pair) ? pair : undefined;
    this.#box.show(rows, list.rows, list.comparison, chosen ?? rows[0]?.id ?? '');
    setText(
      this.#count,
      rows.length === 0
        ? 'No pair is like this. Change the filter or the search.'
        : `${rows.length} ${rows.length === 1 ? 'pair' : 'pairs'}`,
    );
    if (chosen === undefined && rows[0]) this.#go({ pair: rows[0].id });
  }

  async #showPair(): Promise<void> {
    const { pair } = this.#navigation;
    const checkpoint = this.#list?.comparison.checkpoint;
    if (pair === undefined || checkpoint === undefined) return;
    this.#detail.setAttribute('aria-busy', 'true');
    const isCurrent = (): boolean =>
      this.#navigation.pair === pair && this.#list?.comparison.checkpoint === checkpoint;
    try {
      const detail = await this.#answers.pair(checkpoint, pair);
      if (!detail || !isCurrent()) return;
      this.#detail.replaceChildren(
        pairDetail(detail, {
          isOpen: this.#navigation.tables,
          toggled: (tables) => tables !== this.#navigation.tables && this.#go({ tables }),
        }),
      );
      this.#detail.scrollTop = 0;
    } catch (error) {
      if (!isCurrent()) return;
      const words = error instanceof Error ? error.message : String(error);
      this.#detail.replaceChildren(
        make('p', { class: 'failure' }, words),
        button({ label: 'Try again', press: () => void this.#showPair() }),
      );
    }
    this.#detail.removeAttribute('aria-busy');
  }

  #go(change: Partial<Navigation>): void {
    const before = this.#navigation.pair;
    this.#navigation = { ...this.#navigation, ...change };
    this.connection.keep(this.#navigation);
    if (this.#navigation.pair !== before) void this.#showPair();
  }
}
