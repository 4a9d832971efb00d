import type { Alarm } from '../../src/core/analysis/alarm';
import type { RunPage } from '../../src/core/panels/run-panel';
import { whole } from '../../src/core/runs/numbers';
import { icon } from '../charts/icons';
import { make } from '../dom';

/** Alarms that are shown before the others are asked for. */
const AT_ONCE = 4;

const GRAVITY: Readonly<Record<Alarm['severity'], number>> = { error: 0, warning: 1, info: 2 };

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

  show({ alarms, warnings }: RunPage): void {
    const shown = JSON.stringify([alarms, warnings]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const items = [
      ...gravestOfEach(alarms).map(alarmItem),
      ...warnings.map((message) => item('warning', 'trainer', message)),
    ];
    this.element.hidden = items.length === 0;
    const isOpen = this.#list.querySelector('details')?.open ?? false;
    const rest = items.slice(AT_ONCE);
    this.#list.replaceChildren(make('ul', {}, ...items.slice(0, AT_ONCE)));
    if (rest.length === 0) return;
    const summary = make('summary', {}, `${whole(rest.length)} more`);
    this.#list.append(make('details', { open: isOpen }, summary, make('ul', {}, ...rest)));
  }
}

/** One that became graver says it all. */
function gravestOfEach(alarms: readonly Alarm[]): Alarm[] {
  const byGravity = alarms.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || a.step - b.step);
  return byGravity.filter(({ code }, index) => byGravity.findIndex((other) => other.code === code) === index);
}

function alarmItem({ severity, step, message }: Alarm): HTMLElement {
  return item(severity, `step ${whole(step)}`, message);
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
