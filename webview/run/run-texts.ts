import type { Evaluation } from '../../src/core/panels/protocol';
import { type Stretch, wordDiff } from '../../src/core/panels/word-diff';
import type { GeneratedText, Sample } from '../../src/core/runs/format';
import { decimal, whole } from '../../src/core/words/numbers';
import { button, dropdown } from '../controls';
import { make } from '../dom';

/** Probes that are shown before all are asked for. */
const AT_ONCE = 6;

export interface TextsChoice {
  /** Undefined: the newest. */
  readonly evaluation?: number | undefined;
  readonly allTexts: boolean;
}

/** What policy and reference generated at an evaluation, beside one another. */
export class RunTexts {
  readonly #controls = make('div', { class: 'texts-controls' });
  readonly #list = make('div', { class: 'texts' });
  readonly element = make(
    'section',
    { class: 'run-texts', 'aria-labelledby': 'texts', hidden: true },
    make('h2', { id: 'texts' }, 'Texts'),
    this.#controls,
    this.#list,
  );
  #evaluations: readonly Evaluation[] = [];

  /** @param changed called when the reader chose otherwise */
  constructor(
    private choice: TextsChoice,
    private readonly changed: (choice: TextsChoice) => void,
  ) {}

  show(evaluations: readonly Evaluation[]): void {
    const before = this.#chosen;
    this.#evaluations = evaluations;
    this.element.hidden = evaluations.length === 0;
    this.#showControls();
    // What is read does not move because another evaluation came.
    if (JSON.stringify(before) !== JSON.stringify(this.#chosen)) this.#showTexts();
  }

  get #chosen(): Evaluation | undefined {
    const { evaluation } = this.choice;
    return this.#evaluations.find(({ step }) => step === evaluation) ?? this.#evaluations.at(-1);
  }

  #choose(choice: Partial<TextsChoice>): void {
    this.choice = { ...this.choice, ...choice };
    this.changed(this.choice);
    this.#showControls();
    this.#showTexts();
  }

  #showControls(): void {
    const chosen = this.#chosen;
    if (!chosen) return;
    const newest = this.#evaluations.at(-1);
    const isNewest = this.choice.evaluation === undefined || chosen === newest;
    const options = [
      { value: 'newest', label: `step ${whole(newest?.step ?? 0)}, newest` },
      ...this.#evaluations
        .slice(0, -1)
        .toReversed()
        .map(({ step }) => ({ value: String(step), label: `step ${whole(step)}` })),
    ];
    const choice = dropdown('Evaluation', options, isNewest ? 'newest' : String(chosen.step), (value) =>
      this.#choose({ evaluation: value === 'newest' ? undefined : Number(value) }),
    );
    this.#controls.replaceChildren(choice, make('span', { class: 'texts-sum' }, summary(chosen.samples)));
  }

  #showTexts(): void {
    const { samples = [] } = this.#chosen ?? {};
    const shown = this.choice.allTexts ? samples : samples.slice(0, AT_ONCE);
    this.#list.replaceChildren(...shown.map(probe));
    if (samples.length <= AT_ONCE) return;
    const { allTexts } = this.choice;
    this.#list.append(
      button({
        label: allTexts ? `Show ${AT_ONCE} only` : `Show all ${whole(samples.length)}`,
        press: () => this.#choose({ allTexts: !allTexts }),
      }),
    );
  }
}

function summary(samples: readonly Sample[]): string {
  const compared = samples.filter(({ reference }) => reference !== undefined);
  const changed = compared.filter(({ policy, reference }) => policy.text !== reference?.text).length;
  const endless = samples.filter(({ policy }) => !policy.ended).length;
  return [
    `${whole(samples.length)} probes`,
    ...(compared.length > 0 ? [`${whole(changed)} unlike the reference`] : []),
    ...(endless > 0 ? [`${whole(endless)} did not end`] : []),
  ].join(', ');
}

function probe({ prompt, policy, reference }: Sample): HTMLElement {
  const [ours, theirs] = reference
    ? wordDiff(policy.text, reference.text)
    : [[{ text: policy.text, isShared: true }], []];
  return make(
    'article',
    { class: 'probe' },
    make('h3', {}, prompt),
    make(
      'div',
      { class: 'probe-texts' },
      generated('policy', policy, ours),
      reference && generated('reference', reference, theirs),
    ),
  );
}

function generated(who: 'policy' | 'reference', text: GeneratedText, parts: readonly Stretch[]): HTMLElement {
  const { tokens, ended, score } = text;
  const words = parts.map(({ text: part, isShared }) => (isShared ? part : make('mark', {}, part)));
  const meta = [
    `${whole(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
    ...(score === undefined ? [] : [`score ${decimal(score).replace('-', '−')}`]),
  ];
  return make(
    'div',
    { class: `generated ${who}` },
    make(
      'p',
      { class: 'generated-about' },
      make('strong', {}, who),
      ` ${meta.join(', ')}`,
      ended ? undefined : make('span', { class: 'endless' }, ', did not end'),
    ),
    text.text.trim() === ''
      ? make('p', { class: 'generated-text nothing' }, 'nothing')
      : make('p', { class: 'generated-text' }, ...words),
  );
}
