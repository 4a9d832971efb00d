import { gravestOfEach } from '../../src/core/panels/gravest-alarms';
import type { RunPage } from '../../src/core/panels/run-page';
import { type Alarm, figuresNow, type Newest } from '../../src/core/runs/alarm';
import { whole } from '../../src/core/words/numbers';
import { icon } from '../charts/icons';
import { make } from '../dom';

/** Alarms that are shown before the others are asked for. */
const AT_ONCE = 4;

/** What goes wrong in a run, most grave first. */
export class RunAlarms {
  readonly #list = make('div');
  readonly element = make(
    'section',
    { class: 'run-alarms', 'aria-labelledby': 'alarms', hidden: true },
    make('h2', { id: 'alarms' }, 'Alarms'),
    this.#list,
  );
  #shown = '';

  /** @param unfolded called when all were asked for, or no longer */
  constructor(
    private isOpen: boolean,
    private readonly unfolded: (isOpen: boolean) => void,
  ) {}

  /** @param newest the newest values, to be shown beside those when an alarm was raised */
  show({ alarms, warnings }: RunPage, newest: Newest): void {
    const stand = gravestOfEach(alarms).map((alarm) => wordsOf(alarm, newest));
    const passed = alarms.filter(({ cleared }) => cleared !== undefined).map((alarm) => wordsOf(alarm, {}));
    const shown = JSON.stringify([stand, passed, warnings]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const items = [
      ...stand.map(([severity, where, words]) => item(severity, where, words)),
      ...warnings.map((message) => item('warning', 'trainer', message)),
      ...passed.map(([, where, words]) => item('info', where, words)),
    ];
    this.element.hidden = items.length === 0;
    const rest = items.slice(AT_ONCE);
    this.#list.replaceChildren(make('ul', {}, ...items.slice(0, AT_ONCE)));
    if (rest.length === 0) return;
    const summary = make('summary', {}, `${whole(rest.length)} more`);
    const details = make('details', { open: this.isOpen }, summary, make('ul', {}, ...rest));
    details.addEventListener('toggle', () => {
      if (details.open === this.isOpen) return;
      this.isOpen = details.open;
      this.unfolded(this.isOpen);
    });
    this.#list.append(details);
  }
}

function wordsOf(alarm: Alarm, newest: Newest): [Alarm['severity'], string, string] {
  const words = [alarm.message, figuresNow(alarm, newest)].filter(Boolean).join(' ');
  return [alarm.severity, `step ${whole(alarm.step)}`, words];
}

function item(severity: Alarm['severity'], where: string, message: string): HTMLElement {
  return make(
    'li',
    { 'data-severity': severity },
    icon(severity),
    make('span', { class: 'visually-hidden' }, `${severity}, `),
    make('span', { class: 'alarm-step' }, where),
    make('span', {}, message),
  );
}
