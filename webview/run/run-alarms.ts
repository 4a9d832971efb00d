import { gravestOfEach } from '../../src/core/panels/gravest-alarms';
import type { RunPage } from '../../src/core/panels/run-page';
import type { WayOut } from '../../src/core/panels/ways-out';
import { type Alarm, figuresNow, type Newest } from '../../src/core/runs/alarm';
import { whole } from '../../src/core/words/numbers';
import { icon } from '../charts/icons';
import { button } from '../controls';
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

  /**
   * @param unfolded called when all were asked for, or no longer
   * @param change writes a way out into the config; absent where nothing can be written, as in a report
   */
  constructor(
    private isOpen: boolean,
    private readonly unfolded: (isOpen: boolean) => void,
    private readonly change: ((config: string, way: WayOut) => void) | undefined,
  ) {}

  /** @param newest the newest values, to be shown beside those when an alarm was raised */
  show({ alarms, warnings, waysOut = {}, config }: RunPage, newest: Newest): void {
    const gravest = gravestOfEach(alarms);
    const stand = gravest.map((alarm) => wordsOf(alarm, newest));
    const passed = alarms.filter(({ cleared }) => cleared !== undefined).map((alarm) => wordsOf(alarm, {}));
    const shown = JSON.stringify([stand, passed, warnings, waysOut]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const items = [
      ...stand.map(([severity, where, words], index) =>
        item(severity, where, words, this.#buttons(config, waysOut[gravest[index]?.code ?? ''] ?? [])),
      ),
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

  /** Each writes its change into the config, for the next run. */
  #buttons(config: string | undefined, ways: readonly WayOut[]): HTMLElement {
    const buttons = ways.map((way) =>
      button({
        label: way.label,
        title: `${way.why} Writes it into the config, for the next run.`,
        press: () => {
          if (config !== undefined) this.change?.(config, way);
        },
      }),
    );
    return make(
      'span',
      { class: 'ways-out', hidden: ways.length === 0 || config === undefined || !this.change },
      ...buttons,
    );
  }
}

function wordsOf(alarm: Alarm, newest: Newest): [Alarm['severity'], string, string] {
  const words = [alarm.message, figuresNow(alarm, newest)].filter(Boolean).join(' ');
  return [alarm.severity, `step ${whole(alarm.step)}`, words];
}

function item(
  severity: Alarm['severity'],
  where: string,
  message: string,
  ...more: readonly HTMLElement[]
): HTMLElement {
  return make(
    'li',
    { 'data-severity': severity },
    icon(severity),
    make('span', { class: 'visually-hidden' }, `${severity}, `),
    make('span', { class: 'alarm-step' }, where),
    make('span', {}, message, ...more),
  );
}
