import { RUN_FORMAT } from './format';
import { isLive, type ShownState } from './liveness';
import { armLabel } from './measured';
import { armOf } from './read-files';
import { keyFigures, runTitle, stepsInShort } from './run-words';
import { alarmInShort, experimentName, graveAlarms, type SeenRun } from './seen-run';

/** What can be done with an item, by which menus know it; and whether it is a sweep of several arms, or one of them. */
export type Ability = 'open' | 'stop' | 'resume' | 'delete' | 'sweep' | 'arm';

export type RunLook = ShownState | 'alarm' | 'grave alarm' | 'unreadable' | 'older';

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
  readonly runs: readonly SeenRun[];
  readonly children: readonly RunItem[];
}

/** Sweeps and single runs that are shown at once; older ones are an item to open. */
const AT_ONCE = 50;

/** Runs as a tree: the newest launch first, the arms of a sweep by beta. */
export function runTree(runs: readonly SeenRun[]): RunItem[] {
  const launches = [...groupedBySweep(runs)].sort(([, a], [, b]) => createdOf(b) - createdOf(a));
  const items = launches.map(([key, arms]) => launchItem(key, arms));
  return items.length <= AT_ONCE ? items : [...items.slice(0, AT_ONCE), olderItem(items.slice(AT_ONCE))];
}

function groupedBySweep(runs: readonly SeenRun[]): Map<string, SeenRun[]> {
  const groups = new Map<string, SeenRun[]>();
  for (const run of runs) {
    // Two data folders can hold copies of one sweep.
    const place = run.folder.slice(0, -run.id.length);
    const key = `${place}${run.run?.sweep ?? run.id}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return groups;
}

/** Ids begin with their time; one that cannot be read is put by that. */
function createdOf([first]: readonly SeenRun[]): number {
  if (first?.run) return first.run.created;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(first?.id ?? '') ?? [];
  return y === undefined
    ? 0
    : Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}

function launchItem(key: string, arms: readonly SeenRun[]): RunItem {
  const [first] = arms;
  return first && arms.length === 1 ? runItem(first, runTitle(first)) : sweepItem(key, arms);
}

function sweepItem(key: string, unsorted: readonly SeenRun[]): RunItem {
  const arms = unsorted.toSorted(byBetaAndSeed);
  const name = experimentName(arms.find(({ run }) => run)?.run?.configFile ?? key);
  const label = `${name}, ${arms.length} arms`;
  const live = arms.filter(({ state }) => isLive(state));
  const description = live.length > 0 ? progressOf(arms) : tally(arms);
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

function armItem(run: SeenRun, label: string): RunItem {
  const item = runItem(run, label);
  return { ...item, abilities: [...item.abilities, 'arm'] };
}

function runItem(run: SeenRun, label: string): RunItem {
  const [grave] = graveAlarms(run);
  const isShown = run.status?.activity !== undefined && run.state !== 'running';
  const state = run.state === 'running' || run.state === 'completed' ? [] : [run.state];
  const parts =
    run.problem !== undefined && !run.run
      ? ['cannot be read']
      : [
          ...(grave ? [alarmInShort(grave)] : []),
          ...(isShown ? [run.status?.activity ?? ''] : state),
          ...(isShown || run.state === 'completed' ? [] : [stepsInShort(run)].filter(Boolean)),
          ...keyFigures(run),
        ];
  return {
    key: run.folder,
    label,
    description: parts.join(' · '),
    look: run.run ? lookOf(run.state, [run]) : 'unreadable',
    spoken: [label, run.state, ...parts.filter((part) => part !== run.state)].join(', '),
    abilities: abilitiesOf(run),
    runs: [run],
    children: [],
  };
}

function abilitiesOf(run: SeenRun): Ability[] {
  if (isLive(run.state)) return ['open', 'stop'];
  return ['open', ...(isResumable(run) ? (['resume'] as const) : []), 'delete'];
}

export function isResumable({ state, run, problem }: SeenRun): boolean {
  const isOpen = !isLive(state) && state !== 'completed';
  return isOpen && run !== undefined && run.format <= RUN_FORMAT && problem === undefined;
}

function olderItem(children: readonly RunItem[]): RunItem {
  const runs = children.flatMap((child) => child.runs);
  const label = 'Older';
  const description = `${runs.length.toLocaleString('en-US')} runs`;
  const spoken = `${label}, ${description}`;
  return { key: 'older', label, description, look: 'older', spoken, abilities: [], runs, children };
}

/** `2 of 5 done`, with what needs a look. */
function progressOf(arms: readonly SeenRun[]): string {
  const over = arms.filter(({ state }) => !isLive(state));
  const [grave] = arms.flatMap(graveAlarms);
  const failed = over.filter(({ state }) => state === 'failed' || state === 'interrupted').length;
  return [
    `${over.length} of ${arms.length} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(grave ? [alarmInShort(grave)] : []),
  ].join(' · ');
}

/** `3 completed, 1 failed`. */
function tally(arms: readonly SeenRun[]): string {
  return ENDS.flatMap((state) => {
    const count = arms.filter((arm) => arm.state === state).length;
    if (count === 0) return [];
    return count === arms.length ? [state] : [`${count} ${state}`];
  }).join(', ');
}

/** The gravest first. */
const ENDS = ['failed', 'interrupted', 'stopped', 'completed'] as const satisfies readonly ShownState[];

function stateOfAll(arms: readonly SeenRun[]): ShownState {
  const order: readonly ShownState[] = ['running', 'preparing', 'stopping', 'queued', ...ENDS];
  return order.find((state) => arms.some((arm) => arm.state === state)) ?? 'interrupted';
}

/** What went wrong in a run that seems fine is more than how it is. */
function lookOf(state: ShownState, runs: readonly SeenRun[]): RunLook {
  if (state === 'failed' || state === 'interrupted') return state;
  const [grave] = runs.flatMap(graveAlarms).toSorted((a, b) => severity(a) - severity(b));
  if (grave) return grave.severity === 'error' ? 'grave alarm' : 'alarm';
  return state;
}

function severity({ severity: name }: { readonly severity: string }): number {
  return name === 'error' ? 0 : 1;
}

function byBetaAndSeed(a: SeenRun, b: SeenRun): number {
  const [first, second] = [a, b].map(({ run }) => (run ? armOf(run) : undefined));
  if (!first || !second) return a.id < b.id ? -1 : 1;
  return second.beta - first.beta || first.seed - second.seed;
}

/** Live runs, for the status bar and the badge. */
export function liveRuns(runs: readonly SeenRun[]): SeenRun[] {
  return runs.filter(({ state }) => isLive(state));
}
