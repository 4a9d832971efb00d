import type { OptionPath } from '../config';
import type { TrainerTable } from '../dialects/table';
import { TableExperiment } from '../dialects/table-experiment';
import { isOutside } from '../dialects/versions';
import type { Setting } from '../experiment';
import { defaultOf, OPTION_PATHS } from '../table';
import type { Plain } from '../tree';
import { emitYaml, type PlainMap, putAt } from './emit-yaml';
import { PlainEntries } from './plain-entries';
import { isSame, type Recipe, shown } from './recipe';

/** A file of another trainer as it grows; what it says is read with that trainer's own table. */
export class Draft {
  private readonly root: PlainMap = {};
  private reading: TableExperiment | undefined;
  /** Options of which something was said already. */
  readonly settled = new Set<OptionPath>();

  constructor(
    readonly table: TrainerTable,
    readonly recipe: Recipe,
  ) {}

  put(key: string, value: Plain): void {
    putAt(this.root, key.split('.'), value);
    this.reading = undefined;
  }

  /** What the option is to be: as the source says, else our default; undefined where the source leaves it open. */
  wanted(path: OptionPath): Plain | undefined {
    const value = this.recipe.values.get(path);
    if (value !== undefined) return value;
    if (this.recipe.undecided.has(path) || this.wasUnsaid(path)) return undefined;
    const method = String(this.recipe.values.get('training.method') ?? 'lora');
    return defaultOf(path, method) as Plain | undefined;
  }

  /** Came from a file of this trainer that did not say it, and what happens then is not in the table. */
  private wasUnsaid(path: OptionPath): boolean {
    const isBack = this.recipe.kept[this.table.id] !== undefined;
    return isBack && this.table.rows[path]?.default === undefined;
  }

  get text(): string {
    return emitYaml(this.root);
  }

  get experiment(): TableExperiment {
    this.reading ??= new TableExperiment(this.table, new PlainEntries(this.root), {});
    return this.reading;
  }

  has(...keys: string[]): boolean {
    return this.experiment.file.has(...keys);
  }

  get(path: OptionPath): Setting<unknown> {
    return this.experiment.get(path);
  }

  /** Whether the trainer, as the file stands, does what the source wants. */
  agrees(path: OptionPath): boolean {
    const setting = this.get(path);
    const isKnown =
      setting.given || this.table.rows[path]?.default !== undefined || path === 'reference.policy';
    return isKnown && isSame(setting.value, this.wanted(path));
  }

  /** Whether this key is none of the newest version's. */
  isGone(key: string): boolean {
    return this.table.changes.some(
      (change) =>
        change.key === key && !change.when && isOutside(change, this.experiment.file.version(change.package)),
    );
  }

  /** Writes one option as the table spells it, where it has a place that the newest version reads. */
  write(path: OptionPath, { always = false } = {}): void {
    const value = this.wanted(path);
    const row = this.table.rows[path];
    const key = row?.keys[0];
    if (value === undefined || !row || key === undefined || row.readOnly || this.isGone(key)) return;
    const now = this.get(path);
    const isWritten = this.recipe.values.has(path);
    if (!now.expressible || (now.written !== undefined && !isWritten)) return;
    // What was said is said again, so that another version's default changes nothing.
    if (this.agrees(path) && (now.given || !(isWritten || always))) return;
    if (Array.isArray(value) && value.length === 0) return;
    const [words] = Object.entries(row.words ?? {}).find(([, ours]) => ours === value) ?? [];
    const theirs = row.write ? row.write(value) : (words ?? value);
    if (theirs !== undefined) this.put(key, theirs as Plain);
  }
}

/** Options that say nothing to a trainer of others: its runs have other panels, folders and launchers. */
const ELSEWHERE: Partial<Record<OptionPath, string>> = {
  'backend.kind': 'this trainer runs on PyTorch',
  'backend.torch.processes': 'start so many processes with its launcher',
  'training.batch_size': '',
};

/** Says of each option whether the written file, read by its trainer, still says it. */
export function compare(draft: Draft): void {
  const { recipe } = draft;
  for (const path of OPTION_PATHS) {
    const value = recipe.values.get(path);
    if (value === undefined || ELSEWHERE[path] === '' || draft.settled.has(path)) continue;
    const { given, key, value: now, expressible } = draft.get(path);
    const was = `${recipe.dialect === 'dpo-lab' ? path : (recipe.keys.get(path) ?? path)} ${shown(value)}`;
    if (draft.agrees(path)) {
      recipe.note('carried', given ? `${was} is ${key} now` : `${was} is the trainer's own default`);
    } else if (isSame(value, defaultOf(path)) && !recipe.keys.has(path)) {
      // Nobody wrote it.
    } else if (ELSEWHERE[path] !== undefined) {
      recipe.note('changed', `${was}: ${ELSEWHERE[path]}`);
    } else if (given) {
      recipe.note('changed', `${was} became ${key} ${shown(now)}`);
    } else {
      const why = !draft.table.rows[path] || !expressible ? 'has no key for it' : 'cannot say this';
      recipe.note('lost', `${was}: ${draft.table.trainer} ${why}`);
    }
  }
}
