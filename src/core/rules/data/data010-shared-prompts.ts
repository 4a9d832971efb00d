import type { Rule } from '../../rule';
import { count, percent } from '../../words/counts';

/** A few prompts, such as greetings, occur everywhere. */
const NOTABLE = 0.01;

export const DATA010: Rule = {
  code: 'DATA010',
  title: 'Held-out prompts are trained on',
  severity: 'warning',
  when: `More than ${percent(NOTABLE)} of the pairs of \`data.eval\` that were looked at have a prompt that is in \`data.train\`, too.`,
  why: 'What is measured on such pairs says how well the training data was learned, not how the policy answers new prompts: over-fitting cannot be seen, and betas cannot be compared.',
  todo: 'Leave those prompts out of one side, or leave `data.eval` out and set `data.eval_fraction`, which splits by prompt.',
  evidence: ['princeton-nlp/SimPO #74: all splits of a hub dataset put together, the test sets included.'],
  *check(experiment, { sharedPrompts: found }) {
    if (!found || found.shared / Math.max(1, found.evalPairs) <= NOTABLE) return;
    const { shared, evalPairs, trainPairs } = found;
    yield {
      at: 'data.eval.path',
      message: `${shared} of ${count(evalPairs, 'pair')} of ${experiment.get('data.eval.path').key} that were looked at (${percent(shared / evalPairs)}) have a prompt that is among the first ${count(trainPairs, 'pair')} to train on, too. Leave those prompts out of one side.`,
    };
  },
};
