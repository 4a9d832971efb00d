import { runQuery } from '../../src/core/runs/run-query';
import type { RunRow } from '../../src/core/runs/run-row';
import { GROUPS, RUN_COLUMNS } from './run-columns';

/** What its reader has chosen of the table: kept. */
export interface RunsChoice {
  readonly search: string;
  readonly group: string;
  readonly sortKey: string;
  readonly isDescending: boolean;
  /** Keys of the columns that are shown, in order. */
  readonly columns: readonly string[];
  /** How many of the first columns stay in sight. */
  readonly pinned: readonly string[];
  readonly hasArchived: boolean;
  readonly folded: readonly string[];
}

export const USUAL_CHOICE: RunsChoice = {
  search: '',
  group: '',
  sortKey: 'created',
  isDescending: true,
  columns: RUN_COLUMNS.filter(({ isUsual }) => isUsual).map(({ key }) => key),
  pinned: ['name'],
  hasArchived: false,
  folded: [],
};

/** A line of the table: a run, or the head of a group. */
export type Line =
  | { readonly kind: 'run'; readonly row: RunRow; readonly group: string }
  | { readonly kind: 'group'; readonly name: string; readonly count: number; readonly isFolded: boolean };

/** Lines in the order in which they are shown. */
export function linesOf(rows: Iterable<RunRow>, choice: RunsChoice): Line[] {
  const fits = runQuery(choice.search);
  const shown = [...rows].filter((row) => (choice.hasArchived || !row.archived) && fits(row));
  const sorted = sortRows(shown, choice);
  if (choice.group === '') return sorted.map((row) => ({ kind: 'run', row, group: '' }));
  const of = GROUPS.find(({ value }) => value === choice.group)?.of ?? (() => ['']);
  const groups = new Map<string, RunRow[]>();
  for (const row of sorted)
    for (const name of of(row)) {
      const members = groups.get(name);
      if (members) members.push(row);
      else groups.set(name, [row]);
    }
  return [...groups].flatMap(([name, members]): Line[] => {
    const isFolded = choice.folded.includes(name);
    const head: Line = { kind: 'group', name, count: members.length, isFolded };
    return isFolded ? [head] : [head, ...members.map((row): Line => ({ kind: 'run', row, group: name }))];
  });
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Starred first, then by the column; what has no value comes last, whichever way. */
function sortRows(rows: readonly RunRow[], { sortKey, isDescending }: RunsChoice): RunRow[] {
  const column = RUN_COLUMNS.find(({ key }) => key === sortKey);
  const sign = isDescending ? -1 : 1;
  // Values are looked up once a row, not once a comparison.
  const keyed = rows.map((row) => ({ row, value: column?.value(row) ?? '' }));
  keyed.sort((a, b) => {
    if (a.row.star !== b.row.star) return a.row.star ? -1 : 1;
    if (typeof a.value === 'number' && typeof b.value === 'number') {
      const [first, second] = [Number.isNaN(a.value), Number.isNaN(b.value)];
      return first || second ? Number(first) - Number(second) : sign * (a.value - b.value);
    }
    return sign * COLLATOR.compare(String(a.value), String(b.value));
  });
  return keyed.map(({ row }) => row);
}
