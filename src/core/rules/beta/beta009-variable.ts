import { showValue } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import { hasBetaSweep, isVariable } from '../../config/questions';
import { OWN_REFERENCE_GRID } from '../../paper/paper';
import type { Finding, FixProposal, Rule } from '../../rule';
import { together } from '../fixes';

export const BETA009: Rule = {
  code: 'BETA009',
  title: 'Beta is a variable',
  severity: 'error',
  when: 'Beta is a placeholder such as `$1`, `$BETA`, `{{ beta }}` or `???`. Where something replaces it before training this is only a remark.',
  why: 'Someone swept beta with a script around this file. A config of DPO Lab is read as it stands, so the placeholder would be text where a number belongs.',
  todo: 'List the values in `sweep.beta`: the arms share one table of reference log-probabilities, which a script around the trainer computes again for each.',
  evidence: [
    'Public recipes sweep beta with shell variables, such as `$1` in a launch script: there is hardly a tool for it.',
    'Verified with TRL 1.13: changing beta alone discards its cache of reference log-probabilities.',
  ],
  *check(experiment) {
    for (const at of ['objective.beta', 'sweep.beta'] as const) {
      const { malformed, written, key, itemRanges, open } = experiment.get(at);
      if (!malformed) continue;
      const items = Array.isArray(written) ? written : [];
      const index = items.findIndex(isVariable);
      // An expression of Python is as open as a variable.
      const variable = open || isVariable(written) ? written : items[index];
      if (variable === undefined) continue;
      const range = itemRanges[index];
      yield { ...found(experiment, at, key, variable), ...(range ? { range } : {}) };
    }
  },
};

function found(
  experiment: Experiment,
  at: 'objective.beta' | 'sweep.beta',
  key: string,
  variable: unknown,
): Finding {
  const shown = typeof variable === 'string' ? showValue(variable) : 'a template';
  if (experiment.trainer.substitutesVariables) {
    const message = `${key} is filled in from outside (${shown}), so its value cannot be checked here. A sweep computes the reference once for all values.`;
    return { at, severity: 'info', message };
  }
  const sweep = experiment.get('sweep.beta');
  const orSweep = sweep.expressible ? `, or list the values in ${sweep.key}` : '';
  const message = `${key} is ${shown}, but variables are not filled in here. Write a number${orSweep}.`;
  return { at, message, fixes: fixesFor(experiment, at) };
}

function fixesFor(experiment: Experiment, at: 'objective.beta' | 'sweep.beta'): FixProposal[] {
  const title = `Sweep beta: ${OWN_REFERENCE_GRID.join(', ')}`;
  const sweep = experiment.set('sweep.beta', OWN_REFERENCE_GRID);
  if (at === 'sweep.beta') return [{ title, edits: sweep }];
  const number = experiment.set('objective.beta', 0.1);
  return [
    ...(hasBetaSweep(experiment) ? [] : [{ title, edits: together(number, sweep) }]),
    { title: 'Change to 0.1', edits: number },
  ];
}
