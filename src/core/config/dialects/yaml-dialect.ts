import type { ReadingFacts } from '../../facts';
import type { Problem } from '../../problem';
import type { Dialect, ReadFile } from '../experiment';
import { read } from '../read';
import { entryOf, type Node, type Read, toPlain } from '../tree';
import { tableOf } from './all-tables';
import { keyProblems } from './key-problems';
import { recogniseYaml } from './recognise-yaml';
import type { TrainerTable } from './table';
import { TableExperiment } from './table-experiment';
import { asList } from './values';
import { YamlEntries } from './yaml-entries';

/** A file that is built upon a file that is built upon a file: no recipe goes deeper. */
const MAX_DEPTH = 5;

/** YAML files of other trainers. */
export const YAML_DIALECT: Dialect = {
  matches: (fileName, text) => isYaml(fileName) && tableFor(fileName, text) !== undefined,
  read(text, fileName, facts) {
    const table = tableFor(fileName, text) ?? tableOf('custom');
    return readWith(table, text, facts);
  },
};

function isYaml(fileName: string): boolean {
  return /\.ya?ml$/i.test(fileName);
}

function tableFor(fileName: string, text: string): TrainerTable | undefined {
  const id = recogniseYaml(parsed(text).root, fileName, text);
  return id === undefined ? undefined : tableOf(id);
}

function readWith(table: TrainerTable, text: string, facts: ReadingFacts): ReadFile {
  const { root, problems } = parsed(text);
  const { bases, complete } = basesOf(root, table, facts);
  const experimentOf = (source: string, tree: Node | undefined): TableExperiment =>
    new TableExperiment(
      table,
      new YamlEntries({ text: source, format: 'yaml', root: tree }, bases),
      facts.versions ?? {},
    );
  const experiment = experimentOf(text, root);
  const readable = !problems.some((problem) => problem.code !== 'SYN002');
  const keys = readable
    ? keyProblems(experiment, text, (changed) => experimentOf(changed, read(changed, 'yaml').root))
    : [];
  return {
    experiments: [experiment],
    problems: [...problems.map(milder), ...keys],
    complete: readable && root !== undefined && complete,
  };
}

/** A key that is written twice stops none of these trainers: Python's readers of YAML take the last one. */
function milder(problem: Problem): Problem {
  if (problem.code !== 'SYN002') return problem;
  const message = problem.message.replace(/ Only the first.*$/, ' The trainer takes the last one: keep one.');
  return { ...problem, severity: 'warning', message };
}

/** The files that a recipe of NeMo-RL builds upon, the closest first, as far as the caller could read them. */
function basesOf(
  root: Node | undefined,
  table: TrainerTable,
  { files = {} }: ReadingFacts,
): { bases: Node[]; complete: boolean } {
  if (table.id !== 'nemo-rl') return { bases: [], complete: true };
  const bases: Node[] = [];
  let complete = true;
  const visit = (node: Node | undefined, depth: number): void => {
    const written = entryOf(node, 'defaults')?.value;
    for (const name of written ? (asList(toPlain(written)) ?? []) : []) {
      const text = Object.hasOwn(files, String(name)) ? files[String(name)] : undefined;
      const base = text === undefined || depth > MAX_DEPTH ? undefined : read(text, 'yaml').root;
      if (!base) {
        complete = false;
        continue;
      }
      bases.push(base);
      visit(base, depth + 1);
    }
  };
  visit(root, 0);
  return { bases, complete };
}

/** Recognised and read are the same text: it is parsed once. */
let last: { readonly text: string; readonly read: Read } | undefined;

function parsed(text: string): Read {
  if (last?.text !== text) last = { text, read: read(text, 'yaml') };
  return last.read;
}
