import { hasNoReference, readsColumns } from '../../config/questions';
import { REWARDS } from '../../paper/paper';
import type { Rule } from '../../rule';

const [dpo, likelihood, posterior] = REWARDS;

export const REF004: Rule = {
  code: 'REF004',
  title: 'This reward did worse than DPO in the paper',
  severity: 'info',
  when: '`reference.policy` is none, or `reference.score` is prior.',
  why: 'Both are sound objectives, and both lost to DPO where each was tuned. Without a reference nothing holds the policy back, and texts grew much longer.',
  todo: 'Run it beside plain DPO rather than instead of it, and sweep beta again: the scales differ.',
  evidence: [
    ...REWARDS.map(
      ({ reward, winRate, beta }) =>
        `Paper, RQ2, mistral-7b-sft, ${reward}: win rate ${winRate} at its best beta, ${beta}.`,
    ),
    'TRL removed its reference-free option in 0.29 and points to its CPO trainer.',
  ],
  *check(experiment) {
    const policy = experiment.get('reference.policy');
    const score = experiment.get('reference.score');
    if (hasNoReference(experiment)) {
      yield {
        at: 'reference.policy',
        message: `Without a reference the paper's policy reached a win rate of ${posterior.winRate} % at its best beta, ${posterior.beta}, against ${dpo.winRate} % with DPO, and wrote much longer texts.`,
        fixes: [{ title: `Remove ${policy.key}`, edits: experiment.remove('reference.policy') }],
      };
    } else if (score.value === 'prior' && !readsColumns(experiment)) {
      yield {
        at: 'reference.score',
        message: `Scored without the prompt, the reference makes a likelihood reward. In the paper its win rate was ${likelihood.winRate} %, against ${dpo.winRate} % with DPO (both at beta ${likelihood.beta}).`,
        fixes: [{ title: `Remove ${score.key}`, edits: experiment.remove('reference.score') }],
      };
    }
  },
};
