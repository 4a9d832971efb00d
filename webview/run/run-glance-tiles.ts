import type { GlanceFigure } from '../../src/core/panels/key-figures';
import { type Alarm, standing } from '../../src/core/runs/alarm';
import { icon } from '../charts/icons';
import { make } from '../dom';

const ARROWS: Readonly<Record<string, string>> = { growing: '↗ ', falling: '↘ ', steady: '→ ' };

/** Beta, where it is known, and a few figures, large: what is seen first. Each has the colour of the gravest alarm that it is about. */
export function glanceTiles(
  beta: string,
  figures: readonly GlanceFigure[],
  alarms: readonly Alarm[],
): HTMLElement[] {
  return [
    ...(beta === '' ? [] : [tile({ label: 'Beta', value: beta, more: '', from: '', alarms: [] }, undefined)]),
    ...figures.map((figure) => tile(figure, gravest(alarms, figure.alarms))),
  ];
}

function tile({ label, value, more, from }: GlanceFigure, mood: Mood): HTMLElement {
  const name = make('dt', {}, label);
  if (mood) name.append(icon(mood));
  const [, number = '', unit] = /^(\S+)(.*)$/.exec(value.replaceAll('-', '−')) ?? [];
  const words = `${ARROWS[more] ?? ''}${more}`.replaceAll('-', '−');
  return make(
    'div',
    { class: 'tile', 'data-mood': mood, title: from === '' ? undefined : from },
    name,
    make(
      'dd',
      { class: 'tile-value' },
      number,
      ...(unit ? [make('span', { class: 'tile-unit' }, unit)] : []),
    ),
    words === '' ? undefined : make('dd', { class: 'tile-more' }, words),
  );
}

type Mood = 'error' | 'warning' | undefined;

function gravest(alarms: readonly Alarm[], codes: readonly string[]): Mood {
  const about = standing(alarms)
    .filter(({ code }) => codes.includes(code))
    .map(({ severity }) => severity);
  return about.includes('error') ? 'error' : about.includes('warning') ? 'warning' : undefined;
}
