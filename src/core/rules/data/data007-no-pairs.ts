import { closest, distance } from 'fastest-levenshtein';
import type { Experiment } from '../../config/experiment';
import type { DataFacts } from '../../facts';
import type { Finding, FixProposal, Rule } from '../../rule';
import { listed } from '../../words/counts';

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
  when: 'The sampled rows of `data.train` or `data.eval` lack the column of chosen or of rejected responses.',
  why: 'DPO compares two responses to one prompt. Rows with one response are data for SFT, rows with a single rated response for KTO.',
  todo: 'Name the columns under `data.columns`, or bring the rows into one of three forms: prompt, chosen and rejected as text; chosen and rejected as lists of messages; chosen and rejected as transcripts that begin alike.',
  evidence: ['Formats that TRL and the release of the paper read; see docs/CONFIG.md.'],
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
  if (facts?.state !== 'read' || facts.format !== 'unknown') return;
  const missing = (['chosen', 'rejected'] as const).filter(
    (side) => !facts.columns.includes(experiment.get(`data.columns.${side}`).value),
  );
  if (missing.length === 0) return;
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
