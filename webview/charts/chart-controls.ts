import { button, checkbox, dropdown } from '../controls';
import { make } from '../dom';
import type { ChartGroup } from './chart-group';

const WEIGHTS = [
  { value: '0', label: 'Smoothing: none' },
  { value: '0.8', label: 'Smoothing: light' },
  { value: '0.95', label: 'Smoothing: medium' },
  { value: '0.99', label: 'Smoothing: strong' },
  { value: '0.999', label: 'Smoothing: very strong' },
] as const;

/** What a reader sets for all charts of a group; more controls can be appended. */
export function chartControls(group: ChartGroup, ...more: readonly HTMLElement[]): HTMLElement {
  const all = button({
    label: 'Whole range',
    title: 'Show everything (double click in a chart)',
    press: () => {
      group.range.showAll();
      group.viewChanged();
    },
  });
  const follow = button({
    label: 'Follow',
    title: 'Move along with new points again',
    primary: true,
    press: () => {
      group.range.follow();
      group.viewChanged();
    },
  });
  const show = () => {
    all.hidden = group.range.isAll;
    follow.hidden = !group.isLive || group.range.isFollowing;
  };
  group.onChange(show);
  show();
  return make(
    'div',
    { class: 'chart-controls', role: 'toolbar', 'aria-label': 'Charts' },
    dropdown('Smoothing', WEIGHTS, String(group.weight), (value) => {
      group.weight = Number(value);
    }),
    checkbox('Log scale', group.isLog, (isLog) => {
      group.isLog = isLog;
    }),
    ...more,
    all,
    follow,
    make(
      'span',
      { class: 'chart-hint' },
      'Drag to zoom, Shift and drag to move, double click for all. Keys: arrows, + and −.',
    ),
  );
}
