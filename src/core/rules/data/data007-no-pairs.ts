import { closest, distance } from 'fastest-levenshtein';
import type { Experiment } from '../../config/experiment';
import type { DataFacts } from '../../facts';
import type { Finding, FixProposal, Rule } from '../../rule';
import { count, listed } from '../../words/counts';

type ColumnPath = `data.columns.${'prompt' | 'chosen' | 'rejected'}`;

/** What public datasets call the two responses. */
const OTHER_NAMES: Record<'chosen' | 'rejected', RegExp> = {
  chosen: /chosen|accepted|preferred|better|winner|^win$|positive|^y_w$/,
  rejected: /reject|dispreferred|worse|loser|^lose$|negative|^y_l$/,
};

export const DATA007: Rule = {
  code: 'DATA007',
  title: 'The rows are no preference pairs',
  severity: 'error',
  when: 'Sampled rows of `data.train` or `data.eval` are in no layout that is understood as a prompt with two responses to compare.',
  why: 'Training stops at the first such row. DPO compares two responses to one prompt: rows with one response are data for SFT, rows with a single rated response for KTO. Responses whose prompt is not found would be trained without it.',
  todo: 'Name the columns under `data.columns`, or bring the rows into one of the layouts of docs/DATA.md. `dpo-lab data FILE` shows what was understood, and with `--write` makes a file without such rows.',
  evidence: [
    'modelscope/ms-swift #1922 and MedicalGPT #382: columns with other names, so that prompts were not read.',
    'Formats that TRL and the release of the paper read.',
  ],
  *check(experiment, facts) {
    yield* check(experiment, 'data.train.path', facts.train);
    yield* check(experiment, 'data.eval.path', facts.eval);
  },
};

function* check(
  experiment: Experiment,
  at: 'data.train.path' | 'data.eval.path',
  facts: DataFacts | undefined,
): Iterable<Finding> {
  if (facts?.state !== 'read') return;
  const missing = (['chosen', 'rejected'] as const).filter(
    (side) => !facts.columns.includes(experiment.get(`data.columns.${side}`).value),
  );
  const isUnnamed = facts.format === 'unknown' && missing.length > 0;
  const isNamedElsewhere = isUnnamed && missing.some((side) => nearestColumn(side, facts.columns));
  const { noPairs, sampled } = facts;
  if (noPairs && !isNamedElsewhere) {
    const rows = `${noPairs.rows} of ${count(sampled, 'sampled row')} ${noPairs.rows === 1 ? 'is no pair' : 'are no pairs'}, the first is row ${noPairs.firstRow}.`;
    yield {
      at,
      message: `${rows} ${noPairs.problem} The columns are ${listed(facts.columns)}. Training stops there: fix or remove such rows, or name the columns under data.columns.`,
    };
    return;
  }
  if (!isUnnamed) return;
  const wanted = missing.map((side) => experiment.get(`data.columns.${side}`).value);
  const found = missing.map((side) => [side, nearestColumn(side, facts.columns)] as const);
  const meant = found.flatMap(([side, column]) => (column ? [`${column} for ${side}`] : []));
  const advice = meant.length
    ? `Perhaps ${listed(meant)}: name ${meant.length === 1 ? 'it' : 'them'} under data.columns.`
    : 'A pair needs prompt, chosen and rejected.';
  yield {
    at,
    message: `The rows have no column ${listed(wanted, 'or')}; they have ${listed(facts.columns)}. ${advice}`,
    fixes: found.flatMap(([side, column]) =>
      namingFix(experiment, `data.columns.${side}`, column, missing.length),
    ),
  };
}

/** One name at a time cannot be right while two are missing. */
function namingFix(
  experiment: Experiment,
  path: ColumnPath,
  column: string | undefined,
  missing: number,
): FixProposal[] {
  if (column === undefined || missing > 1) return [];
  return [{ title: `Read ${column} as ${path.split('.').at(-1)}`, edits: experiment.set(path, column) }];
}

function nearestColumn(side: 'chosen' | 'rejected', columns: readonly string[]): string | undefined {
  const byName = columns.find((column) => OTHER_NAMES[side].test(column.toLowerCase()));
  if (byName !== undefined || columns.length === 0) return byName;
  const nearest = closest(side, [...columns]);
  return distance(side, nearest) <= 2 ? nearest : undefined;
}
