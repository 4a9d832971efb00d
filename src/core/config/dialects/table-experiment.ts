import type { TextEdit } from '../../words/text';
import type { Config, OptionPath } from '../config';
import type { Value } from '../edit';
import type {
  Experiment,
  KnownKey,
  Located,
  OwnKeys,
  Setting,
  TrainerProfile,
  WrittenString,
} from '../experiment';
import { defaultOf, OPTION_PATHS, optionAt } from '../table';
import type { Plain } from '../tree';
import type { Entries, Entry } from './entries';
import type { EffectiveReference, Reader, Row, TrainerTable } from './table';
import { asType } from './values';
import { compareVersions, isOutside } from './versions';

/** One training as another trainer's file writes it, in the words of the option table. */
export class TableExperiment implements Experiment {
  readonly trainer: TrainerProfile;
  readonly effectiveReference: EffectiveReference;
  readonly file: Reader;
  private readonly versions: Readonly<Record<string, string>>;
  private readonly settings = new Map<OptionPath, Setting<unknown>>();

  constructor(
    readonly table: TrainerTable,
    readonly entries: Entries,
    versions: Readonly<Record<string, string>>,
  ) {
    this.versions = { ...table.impliedVersions?.(versions), ...versions };
    const version = (name: string): string => this.versions[name] ?? table.packages[name] ?? '';
    this.file = readerOf(entries, version);
    this.effectiveReference = this.referenceOf(table);
    const [own] = Object.keys(table.packages);
    const ownVersion = own === undefined ? undefined : version(own);
    this.trainer = {
      dialect: table.id,
      launch: table.launch,
      program: table.trainer,
      name: ownVersion ? `${table.trainer} ${ownVersion}` : table.trainer,
      version: ownVersion,
      packages: table.packages,
      turns: turnsOf(table, own),
      losses: table.losses,
      smoothedLosses: table.smoothedLosses(version),
      substitutesVariables: table.substitutesVariables ?? false,
      foreignTokenizer: false,
      reference: this.effectiveReference.words,
      logs: table.logs,
    };
  }

  get own(): OwnKeys {
    return this;
  }

  /** Whether the trainer's version was found, or is only the newest that is known. */
  isInstalled(packageName: string): boolean {
    return this.versions[packageName] !== undefined;
  }

  get<P extends OptionPath>(path: P): Setting<Config[P]> {
    let setting = this.settings.get(path);
    if (!setting) {
      setting = this.read(path);
      this.settings.set(path, setting);
    }
    return setting as Setting<Config[P]>;
  }

  set<P extends OptionPath>(path: P, value: NonNullable<Config[P]>): TextEdit[] | undefined {
    const row = this.table.rows[path];
    if (!row || row.readOnly) return undefined;
    const written = this.writtenKey(row);
    // Under an older spelling the value may mean something else.
    const key = written && (written === row.keys[0] || !row.write) ? written : row.keys[0];
    const theirs = inTheirWords(row, value as Plain);
    return key === undefined || theirs === undefined ? undefined : this.entries.set(key, theirs);
  }

  remove(path: OptionPath): TextEdit[] | undefined {
    const row = this.table.rows[path];
    const key = row && !row.readOnly ? this.writtenKey(row) : undefined;
    return key === undefined ? undefined : this.entries.remove(key);
  }

  locate(offset: number): Located | undefined {
    let found: Located | undefined;
    for (const { key, keyRange, range } of this.entries.all) {
      const path = this.optionOf(key);
      if (path === undefined) continue;
      const contains = (place: { start: number; end: number }): boolean =>
        place.start <= offset && offset <= place.end;
      if (contains(keyRange)) return { path, key, part: 'key', range: keyRange };
      if (contains(range)) found = { path, key, part: 'value', range };
    }
    return found;
  }

  get strings(): WrittenString[] {
    return this.entries.all.flatMap(({ key, value, range }) =>
      typeof value === 'string' && value !== ''
        ? [{ text: value, range, remove: () => this.entries.remove(key) }]
        : [],
    );
  }

  keysIn(section: string): KnownKey[] {
    const keys = new Map<string, KnownKey>();
    const add = (dotted: string, path?: OptionPath): void => {
      if (section !== '' && !dotted.startsWith(`${section}.`)) return;
      const [key = '', ...rest] = dotted.slice(section === '' ? 0 : section.length + 1).split('.');
      if (!keys.has(key))
        keys.set(key, { key, path: rest.length ? undefined : path, isSection: rest.length > 0 });
    };
    const gone = new Set(
      this.table.changes
        .filter((change) => !change.when && isOutside(change, this.file.version(change.package)))
        .map(({ key }) => key),
    );
    for (const path of OPTION_PATHS) {
      const [current] = this.table.rows[path]?.keys ?? [];
      if (current !== undefined && !gone.has(current)) add(current, path);
    }
    for (const key of (this.table.known ?? '').split(' ')) if (key !== '' && !gone.has(key)) add(key);
    return [...keys.values()];
  }

  defaultInWords(path: OptionPath): string | undefined {
    const fallback = this.table.rows[path]?.default;
    return fallback === undefined ? undefined : String(fallback);
  }

  spell(path: OptionPath, value: string): string {
    const row = this.table.rows[path];
    const theirs = row && inTheirWords(row, value);
    return typeof theirs === 'string' ? theirs : value;
  }

  optionOf(key: string): OptionPath | undefined {
    return OPTION_PATHS.find((path) => this.table.rows[path]?.keys.includes(key));
  }

  /** A config file or arguments from outside may name what is not written here. */
  private referenceOf({ rows, reference }: TrainerTable): EffectiveReference {
    const found = reference(this.file);
    const row = rows['reference.policy'];
    const { mayHaveMore, lacksTrainer } = this.entries;
    const isOpen =
      (mayHaveMore || lacksTrainer) && row && !this.file.has(...row.keys) && found.policy === 'same';
    return isOpen
      ? { ...found, words: `${found.words}, unless settings from elsewhere name another (${row.keys[0]})` }
      : found;
  }

  private writtenKey(row: Row): string | undefined {
    return row.keys.find((key) => isWritten(this.entries.find(key)));
  }

  private read(path: OptionPath): Setting<unknown> {
    const row = this.table.rows[path];
    const value = this.valueWithout(path, row);
    if (!row || row.possible?.(this.file) === false) {
      return {
        value,
        given: false,
        malformed: false,
        key: path,
        range: this.entries.placeOf(''),
        itemRanges: [],
        expressible: false,
      };
    }
    const key = row.keys[0] ?? path;
    const absent = {
      value,
      given: false,
      malformed: false,
      key,
      range: this.entries.placeOf(key),
      itemRanges: [],
      expressible: true,
    };
    let silent: Setting<unknown> = absent;
    for (const spelling of row.keys) {
      const entry = this.entries.find(spelling);
      if (!isWritten(entry)) continue;
      const place = {
        key: spelling,
        range: entry.range,
        itemRanges: entry.itemRanges,
        ...(entry.inherited ? {} : { keyRange: entry.keyRange }),
      };
      if (entry.value === undefined)
        return { ...absent, ...place, malformed: true, written: entry.text, open: true };
      const ours = inOurWords(row, entry.value, spelling, this.file);
      const typed = ours === undefined ? undefined : asType(ours, optionAt(path).type);
      if (typed !== undefined) return { ...absent, ...place, value: typed, given: true };
      // A section of this name says nothing about an option with one value.
      if (isSection(entry.value)) continue;
      if (ours !== undefined) return { ...absent, ...place, malformed: true, written: ours };
      if (silent === absent) silent = { ...absent, ...place, written: entry.value };
    }
    return silent;
  }

  /** What the trainer does where the file has no key for an option. */
  private valueWithout(path: OptionPath, row: Row | undefined): unknown {
    if (path === 'reference.policy' && this.effectiveReference.policy !== undefined) {
      return this.effectiveReference.policy;
    }
    if (row?.default !== undefined) return row.default;
    // All of them are PyTorch.
    if (path === 'backend.kind') return 'torch';
    const fallback = optionAt(path).default;
    const by = typeof fallback === 'object' && 'by' in fallback ? (fallback.by as OptionPath) : undefined;
    return defaultOf(path, by && String(this.get(by).value));
  }
}

/** Versions of the trainer's own package that decide over a key. */
function turnsOf({ changes }: TrainerTable, own: string | undefined): string[] {
  const versions = changes.flatMap(({ package: name, since, until }) => (name === own ? [since, until] : []));
  const distinct = new Set(versions.filter((version) => version !== undefined));
  return [...distinct].sort((a, b) => compareVersions(b, a));
}

function readerOf(entries: Entries, version: (name: string) => string): Reader {
  const written = (keys: readonly string[]): Entry | undefined =>
    keys.map((key) => entries.find(key)).find(isWritten);
  return {
    has: (...keys) => written(keys) !== undefined,
    value: (...keys) => written(keys)?.value,
    version,
  };
}

/** A key without a value is as good as none. */
function isWritten(entry: Entry | undefined): entry is Entry {
  return entry !== undefined && entry.value !== null && entry.value !== '';
}

/** A mapping, or a list of mappings. */
function isSection(value: Plain): boolean {
  const [first] = Array.isArray(value) ? value.filter(isObject) : [value];
  return first !== undefined && isObject(first);
}

function isObject(value: Plain): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOurWords(row: Row, written: Plain, key: string, file: Reader): Plain | undefined {
  const value = row.read ? row.read(written, key, file) : written;
  if (typeof value !== 'string') return value;
  if (row.others?.includes(value)) return undefined;
  if (!row.words) return value;
  return Object.hasOwn(row.words, value) ? row.words[value] : value;
}

function inTheirWords(row: Row, value: Plain): Value | undefined {
  if (row.write) return row.write(value);
  const [theirs] = Object.entries(row.words ?? {}).find(([, ours]) => ours === value) ?? [];
  if (theirs !== undefined) return theirs;
  return typeof value === 'object' && !Array.isArray(value) ? undefined : (value as Value);
}
