import type { Experiment, OwnKeys } from '../../config/experiment';
import { hasNoReference, readsColumns } from '../../config/questions';
import type { DataFacts } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { listed } from '../../words/counts';
import { isOn, isRewritten, trlKeys } from '../own-keys';

/** The paper's release, and TRL up to 0.28. */
const KNOWN_COLUMNS = [
  ['chosen_logprob', 'rejected_logprob'],
  ['ref_chosen_logps', 'ref_rejected_logps'],
] as const;

export const REF005: Rule = {
  code: 'REF005',
  title: 'Reference columns and settings do not fit together',
  severity: 'error',
  when: '`reference.logprobs` is columns and the data has no such columns; or the data has them and the setting does not say whether to use them. For TRL from 0.29 on: the data has ref_chosen_logps and ref_rejected_logps, which it ignores (warning), or refuses beside `precompute_ref_log_probs`.',
  why: 'Without the columns there is no reference. Columns that are there but not read are an easy mistake: training works and compares with another reference than the one that was precomputed.',
  todo: 'Set `reference.logprobs` to `columns` or `compute`, as meant, or name the columns under `data.columns`.',
  evidence: [
    'Verified with TRL 1.13: it ignores ref_chosen_logps and ref_rejected_logps in the data without a word, where TRL 0.28 used them; with precompute_ref_log_probs it stops with "duplicated columns".',
    'huggingface/trl #3985: users ask to keep reference log-probabilities from one experiment to the next.',
    'The release of the paper stores its references as chosen_logprob and rejected_logprob.',
  ],
  *check(experiment, facts) {
    const own = trlKeys(experiment);
    if (own) {
      yield* columnsOfTrl(own, facts.train);
      return;
    }
    if (hasNoReference(experiment) || experiment.get('reference.logprobs').malformed) return;
    if (readsColumns(experiment)) {
      yield* missingColumns(experiment, 'data.train', facts.train);
      yield* missingColumns(experiment, 'data.eval', facts.eval);
    } else {
      yield* unusedColumns(experiment, facts.train);
    }
  },
};

const OF_TRL = ['ref_chosen_logps', 'ref_rejected_logps'] as const;

/** TRL read such columns until 0.28. */
function* columnsOfTrl(own: OwnKeys, facts: DataFacts | undefined): Iterable<Finding> {
  if (facts?.state !== 'read' || !OF_TRL.every((column) => facts.columns.includes(column))) return;
  if (!isRewritten(own)) return;
  if (isOn(own, 'precompute_ref_log_probs')) {
    yield {
      at: 'data.train.path',
      key: 'precompute_ref_log_probs',
      message: `The data has ${listed(OF_TRL)} already, so TRL stops with "duplicated columns" when it adds its own. Rename them in the data, or remove precompute_ref_log_probs.`,
      fixes: [
        {
          title: 'Remove precompute_ref_log_probs',
          edits: own.entries.remove('precompute_ref_log_probs'),
        },
      ],
    };
  } else {
    yield {
      at: 'data.train.path',
      severity: 'warning',
      message: `The data has ${listed(OF_TRL)}, and TRL ignores them from 0.29 on: the reference is computed again. Convert this file to one of DPO Lab, whose trainers read such columns.`,
    };
  }
}

function* missingColumns(
  experiment: Experiment,
  section: 'data.train' | 'data.eval',
  facts: DataFacts | undefined,
): Iterable<Finding> {
  if (facts?.state !== 'read') return;
  const wanted = wantedColumns(experiment);
  if (wanted.some((pair) => pair.every((column) => facts.columns.includes(column)))) return;
  const logprobs = experiment.get('reference.logprobs');
  const there = wanted.flat().filter((column) => facts.columns.includes(column));
  const onlyOne = there.length ? `only ${listed(there)}` : 'neither';
  yield {
    at: 'reference.logprobs',
    message: `${logprobs.key} is columns, but ${section} has ${onlyOne}: it needs ${wanted.map((pair) => listed(pair)).join(', or ')}. Its columns are ${listed(facts.columns)}.`,
    fixes: [
      { title: 'Compute the log-probabilities', edits: experiment.set('reference.logprobs', 'compute') },
    ],
  };
}

function* unusedColumns(experiment: Experiment, facts: DataFacts | undefined): Iterable<Finding> {
  if (facts?.state !== 'read' || experiment.get('reference.logprobs').given) return;
  const pair = wantedColumns(experiment).find((columns) =>
    columns.every((column) => facts.columns.includes(column)),
  );
  if (!pair) return;
  yield {
    at: 'reference.logprobs',
    severity: 'info',
    message: `The data has reference log-probabilities (${listed(pair)}), and they are not used: the reference is computed again. Say which is meant.`,
    fixes: [
      { title: 'Read them from the columns', edits: experiment.set('reference.logprobs', 'columns') },
      { title: 'Compute them again', edits: experiment.set('reference.logprobs', 'compute') },
    ],
  };
}

/** Pairs of columns, one of which has to be there. */
function wantedColumns(experiment: Experiment): readonly (readonly string[])[] {
  const chosen = experiment.get('data.columns.chosen_logprob').value;
  const rejected = experiment.get('data.columns.rejected_logprob').value;
  return chosen !== undefined && rejected !== undefined
    ? [[chosen, rejected]]
    : KNOWN_COLUMNS.map((pair) => [chosen ?? pair[0], rejected ?? pair[1]]);
}
