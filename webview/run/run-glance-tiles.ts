import type { Alarm } from '../../src/core/analysis/alarm';
import type { GlanceFigure } from '../../src/core/panels/run-glance';
import { type IconName, icon } from '../charts/icons';
import { make } from '../dom';

const ARROWS: Readonly<Record<string, string>> = { growing: '↗ ', falling: '↘ ', steady: '→ ' };

/** Beta and a few figures, large: what is seen first. Each has the colour of the gravest alarm that it is about. */
export function glanceTiles(
  beta: string,
  figures: readonly GlanceFigure[],
  alarms: readonly Alarm[],
): HTMLElement[] {
  return [
    tile('beta', beta, '', undefined),
    ...figures.map(({ label, value, more, alarms: codes }) =>
      tile(label, value, `${ARROWS[more] ?? ''}${more.replace('-', '−')}`, gravest(alarms, codes)),
    ),
  ];
}

function tile(
  label: string,
  value: string,
  more: string,
  mood: 'error' | 'warning' | undefined,
): HTMLElement {
  const name = make('dt', {}, label);
  if (mood) name.append(icon(mood satisfies IconName));
  return make(
    'div',
    { class: 'tile', 'data-mood': mood },
    name,
    make('dd', { class: 'tile-value' }, value.replace('-', '−')),
    make('dd', { class: 'tile-more' }, more),
  );
}

function gravest(alarms: readonly Alarm[], codes: readonly string[]): 'error' | 'warning' | undefined {
  const about = alarms.filter(({ code }) => codes.includes(code)).map(({ severity }) => severity);
  return about.includes('error') ? 'error' : about.includes('warning') ? 'warning' : undefined;
}
