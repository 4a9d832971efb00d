import { closest, distance } from 'fastest-levenshtein';
import type { Fix, Problem } from '../../problem';
import { applyEdits, editBetween, type TextEdit } from '../../words/text';
import type { Entry } from './entries';
import type { KeyChange, KeyFix } from './table';
import type { TableExperiment } from './table-experiment';
import { isAtLeast, isOutside } from './versions';

/** Applies edits to the file and reads it again: the second half of a change that takes one key out and writes others. */
export type Reread = (text: string) => TableExperiment | undefined;

/** Keys that this version of the trainer does not have, has no use for, or never had. */
export function keyProblems(experiment: TableExperiment, text: string, reread: Reread): Problem[] {
  const known = knownKeys(experiment);
  return experiment.entries.all.flatMap((entry): Problem[] => {
    if (entry.value === null || entry.value === '') return [];
    const changes = experiment.table.changes.filter((change) => change.key === entry.key);
    const change = changes.find((candidate) => applies(candidate, entry, experiment));
    if (change) return [changedKey(experiment, entry, change, text, reread)];
    return changes.length > 0 || !known || entry.key.includes('.') || isKnown(entry.key, known, experiment)
      ? []
      : [unknownKey(experiment, entry, known)];
  });
}

/** Python's parsers of flags take `--no_key` for a switch that is on by itself. */
function isKnown(key: string, known: ReadonlySet<string>, { entries }: TableExperiment): boolean {
  return known.has(key) || (entries.areFlags === true && key.startsWith('no_') && known.has(key.slice(3)));
}

function knownKeys({ table, file }: TableExperiment): ReadonlySet<string> | undefined {
  if (table.known === undefined || table.isPlain?.(file) === false) return undefined;
  const ofRows = Object.values(table.rows).flatMap((row) =>
    (row?.keys ?? []).map((key) => key.split('.')[0] ?? key),
  );
  return new Set([...ofRows, ...table.known.split(' ')]);
}

function applies(change: KeyChange, { value }: Entry, { file }: TableExperiment): boolean {
  if (change.when && (value === undefined || !change.when(value, file))) return false;
  return isOutside(change, file.version(change.package));
}

function changedKey(
  experiment: TableExperiment,
  entry: Entry,
  change: KeyChange,
  text: string,
  reread: Reread,
): Problem {
  const effect = change.effect ?? experiment.table.unknownKeys;
  const version = experiment.file.version(change.package);
  const installed = experiment.isInstalled(change.package) ? ', which is installed' : '';
  const judged = change.never ? '' : ` (judged with ${version}${installed})`;
  const then = effect === 'rejected' ? 'the run would stop at its start' : 'it has no effect';
  return {
    code: change.code,
    severity: effect === 'rejected' ? 'error' : 'warning',
    range: entry.keyRange,
    message: `${whatHappened(experiment, entry, change, version)}, so ${then}${judged}. ${change.instead}`,
    fixes: fixesFor(experiment, entry, change, text, reread),
  };
}

function whatHappened(
  { trainer }: TableExperiment,
  { key }: Entry,
  { package: name, never, since, until, when }: KeyChange,
  version: string,
): string {
  if (never) return `${trainer.name} has no key ${key}`;
  if (since !== undefined && !isAtLeast(version, since)) return `${key} came with ${name} ${since}`;
  return when ? `${key} with this value went with ${name} ${until}` : `${key} went with ${name} ${until}`;
}

function fixesFor(
  experiment: TableExperiment,
  entry: Entry,
  { fix }: KeyChange,
  text: string,
  reread: Reread,
): Fix[] {
  const keyFix =
    typeof fix === 'function'
      ? entry.value === undefined
        ? undefined
        : fix(entry.value, experiment.file)
      : fix;
  const edits = keyFix && editsFor(experiment, entry, keyFix, text, reread);
  return keyFix && edits ? [{ title: keyFix.title, edits }] : [];
}

function editsFor(
  experiment: TableExperiment,
  entry: Entry,
  { rename, set = {} }: KeyFix,
  text: string,
  reread: Reread,
): TextEdit[] | undefined {
  const first =
    rename !== undefined
      ? experiment.entries.rename(entry.key, rename)
      : experiment.entries.remove(entry.key);
  if (!first) return undefined;
  let changed = applyEdits(text, first);
  for (const [key, value] of Object.entries(set)) {
    const edits = reread(changed)?.entries.set(key, value);
    if (!edits) return undefined;
    changed = applyEdits(changed, edits);
  }
  return [editBetween(text, changed)];
}

function unknownKey(experiment: TableExperiment, entry: Entry, known: ReadonlySet<string>): Problem {
  const { table, trainer, entries } = experiment;
  const rejected = table.unknownKeys === 'rejected';
  const effect = rejected ? 'and stops at the start' : 'and ignores it without a word';
  const meant = nearest(entry.key, [...known]);
  const free = meant !== undefined && entries.find(meant) === undefined;
  const edits = free ? entries.rename(entry.key, meant) : undefined;
  return {
    code: 'KEY001',
    // A key that resembles none may belong to a fork or a plugin.
    severity: rejected && meant ? 'error' : 'warning',
    range: entry.keyRange,
    message: `${trainer.name} has no key "${entry.key}" ${effect}.${meant ? ` Did you mean "${meant}"?` : ''}`,
    fixes: edits && meant ? [{ title: `Rename to ${meant}`, edits }] : [],
  };
}

/** The known key at most two edits away, and closer than a third of its length. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const best = closest(key.replaceAll('-', '_'), [...known]);
  const edits = distance(key.replaceAll('-', '_'), best);
  return edits <= 2 && edits * 3 <= best.length ? best : undefined;
}
