import type { Alarm } from './alarm';
import { isStartedHere } from './format';
import { isLive, type ShownState } from './liveness';
import { armOf } from './read-files';
import { alarmInShort, experimentName, graveAlarms, type RunOverview, runName } from './run-snapshot';
import { armLabel } from './run-values';
import { keyFigure, runTitle, stepsInShort } from './run-words';

/** What can be done with an item, by which menus know it; and whether it is a sweep of several arms, or one of them. */
export type Ability = 'open' | 'stop' | 'resume' | 'delete' | 'sweep' | 'arm';

export type RunLook = ShownState | 'alarm' | 'grave alarm' | 'older';

/** An item of the list of runs, as plain data. */
export interface RunItem {
  /** Tells items apart, and stays the same while the list changes. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
  /** Decides icon and colour. */
  readonly look: RunLook;
  /** For a screen reader. */
  readonly spoken: string;
  readonly abilities: readonly Ability[];
  /** The runs it stands for: one, or the arms of a sweep. */
  readonly runs: readonly RunOverview[];
  readonly children: readonly RunItem[];
}

/** Sweeps and single runs that are shown at once; older ones are an item to open. */
const AT_ONCE = 50;

/** A moment in words, such as `14:05` or `Nov 22, 14:05`: clock and time zone are not known here. */
export type TimeWords = (milliseconds: number) => string;

/** Runs as a tree: the newest launch first, the arms of a sweep by beta. */
export function runTree(runs: readonly RunOverview[], moment: TimeWords): RunItem[] {
  const launches = [...groupedBySweep(runs)].sort(([, a], [, b]) => createdOf(b) - createdOf(a));
  const items = toldApart(
    launches.map(([key, arms]) => launchItem(key, arms)),
    moment,
  );
  return items.length <= AT_ONCE ? items : [...items.slice(0, AT_ONCE), olderItem(items.slice(AT_ONCE))];
}

/** Launches of the same name have the time of their start. */
function toldApart(items: readonly RunItem[], moment: TimeWords): RunItem[] {
  const counts = new Map<string, number>();
  for (const { label } of items) counts.set(label, (counts.get(label) ?? 0) + 1);
  return items.map((item) => {
    const created = createdOf(item.runs);
    if (counts.get(item.label) === 1 || created === 0) return item;
    const start = moment(created);
    return {
      ...item,
      description: [start, item.description].filter(Boolean).join(' · '),
      spoken: `${item.spoken}, started ${start}`,
    };
  });
}

/** The runs of each launch, by a key that tells launches apart. */
export function groupedBySweep(runs: readonly RunOverview[]): Map<string, RunOverview[]> {
  const groups = new Map<string, RunOverview[]>();
  for (const run of runs) {
    // Two data folders can hold copies of one sweep.
    const place = run.folder.slice(0, -run.id.length);
    const key = `${place}${run.run?.sweep ?? run.id}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return groups;
}

/** The runs that were launched together last. */
export function newestLaunch(runs: readonly RunOverview[]): readonly RunOverview[] {
  const launches = [...groupedBySweep(runs).values()];
  return launches.toSorted((a, b) => createdOf(a) - createdOf(b)).at(-1) ?? [];
}

/** Ids begin with their time; one that cannot be read is put by that. */
function createdOf([first]: readonly RunOverview[]): number {
  if (first?.run) return first.run.created;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(first?.id ?? '') ?? [];
  return y === undefined
    ? 0
    : Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

function launchItem(key: string, arms: readonly RunOverview[]): RunItem {
  const [first] = arms;
  return first && arms.length === 1 ? runItem(first, runTitle(first)) : sweepItem(key, arms);
}

function sweepItem(key: string, unsorted: readonly RunOverview[]): RunItem {
  const arms = unsorted.toSorted(byBetaAndSeed);
  const readable = arms.find(({ run }) => run)?.run;
  const name = readable ? runName(readable) : experimentName(key);
  const label = `${name}, ${arms.length} arms`;
  const live = arms.filter(({ state }) => isLive(state));
  const description = [
    live.length > 0 ? progressOf(arms) : endOf(arms),
    ...gravestAlarms(arms).slice(0, 1).map(alarmInShort),
  ].join(' · ');
  const abilities: Ability[] = [
    ...(live.length > 0 ? (['stop'] as const) : []),
    ...(arms.some(isResumable) ? (['resume'] as const) : []),
    ...(live.length === 0 ? (['delete'] as const) : []),
    'sweep',
  ];
  const state = stateOfAll(arms);
  return {
    key,
    label,
    description,
    look: lookOf(state, live.length > 0 ? live : arms),
    spoken: `${label}, ${description}`,
    abilities,
    runs: arms,
    children: arms.map((arm) => armItem(arm, armLabel(arm, arms) || arm.id)),
  };
}

function armItem(run: RunOverview, label: string): RunItem {
  const item = runItem(run, label);
  return { ...item, abilities: [...item.abilities, 'arm'] };
}

function runItem(run: RunOverview, label: string): RunItem {
  const [grave] = graveAlarms(run);
  const isShown = run.status?.activity !== undefined && run.state !== 'running';
  const state = run.state === 'running' || run.state === 'completed' ? [] : [run.state];
  const parts =
    run.state === 'unreadable'
      ? ['unreadable']
      : [
          ...(grave ? [alarmInShort(grave)] : []),
          ...(isShown ? [run.status?.activity ?? ''] : state),
          ...(isShown || run.state === 'completed' ? [] : [stepsInShort(run)].filter(Boolean)),
          ...keyFigure(run),
        ];
  return {
    key: run.folder,
    label: run.marks?.star ? `★ ${label}` : label,
    description: parts.join(' · '),
    look: lookOf(run.state, [run]),
    spoken: [label, run.state, ...parts.filter((part) => part !== run.state)].join(', '),
    abilities: abilitiesOf(run),
    runs: [run],
    children: [],
  };
}

function abilitiesOf(run: RunOverview): Ability[] {
  if (isLive(run.state)) return ['open', 'stop'];
  return ['open', ...(isResumable(run) ? (['resume'] as const) : []), 'delete'];
}

export function isResumable({ state, run, problem }: RunOverview): boolean {
  const isOpen = !isLive(state) && state !== 'completed';
  return isOpen && run !== undefined && isStartedHere(run) && problem === undefined;
}

function olderItem(children: readonly RunItem[]): RunItem {
  const runs = children.flatMap((child) => child.runs);
  const label = 'Older';
  const description = `${runs.length.toLocaleString('en-US')} runs`;
  const spoken = `${label}, ${description}`;
  return { key: 'older', label, description, look: 'older', spoken, abilities: [], runs, children };
}

/** `2 of 5 done, 1 stopped`. */
function progressOf(arms: readonly RunOverview[]): string {
  const done = arms.filter(({ state }) => state === 'completed').length;
  const others = tally(arms.filter(({ state }) => state !== 'completed' && !isLive(state)));
  return [`${done} of ${arms.length} done`, ...(others === '' ? [] : [others])].join(', ');
}

/** `completed`, or `1 failed, 3 completed`. */
export function endOf(arms: readonly RunOverview[]): string {
  const [first] = arms;
  return first && arms.every(({ state }) => state === first.state) ? first.state : tally(arms);
}

function tally(arms: readonly RunOverview[]): string {
  return ENDS.flatMap((state) => {
    const count = arms.filter((arm) => arm.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  }).join(', ');
}

/** The gravest first. */
const ENDS = [
  'unreadable',
  'failed',
  'interrupted',
  'stopped',
  'completed',
] as const satisfies readonly ShownState[];

function stateOfAll(arms: readonly RunOverview[]): ShownState {
  const order: readonly ShownState[] = ['running', 'preparing', 'stopping', 'queued', ...ENDS];
  return order.find((state) => arms.some((arm) => arm.state === state)) ?? 'interrupted';
}

/** What went wrong in a run that seems fine is more than how it is. */
function lookOf(state: ShownState, runs: readonly RunOverview[]): RunLook {
  if (state === 'failed' || state === 'interrupted' || state === 'unreadable') return state;
  const [grave] = gravestAlarms(runs);
  if (grave) return grave.severity === 'error' ? 'grave alarm' : 'alarm';
  return state;
}

/** Of several runs, the gravest first. */
export function gravestAlarms(runs: readonly RunOverview[]): readonly Alarm[] {
  return runs.flatMap(graveAlarms).toSorted((a, b) => severity(a) - severity(b));
}

function severity({ severity: name }: { readonly severity: string }): number {
  return name === 'error' ? 0 : 1;
}

function byBetaAndSeed(a: RunOverview, b: RunOverview): number {
  const [first, second] = [a, b].map(({ run }) => (run ? armOf(run) : undefined));
  if (!first || !second) return a.id < b.id ? -1 : 1;
  return byNumber(second.beta, first.beta) || byNumber(first.seed, second.seed);
}

/** What is not known comes last. */
export function byNumber(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a - b;
}

/** Live runs, for the status bar and the badge. */
export function liveRuns(runs: readonly RunOverview[]): RunOverview[] {
  return runs.filter(({ state }) => isLive(state));
}
