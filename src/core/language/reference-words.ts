import type { Experiment } from '../config/experiment';
import { hasForeignReference, hasNoReference } from '../config/questions';
import type { Facts } from '../facts';
import { OWN_REFERENCE_SWEEPS, REWARDS, STRONGER_REFERENCE_SWEEPS } from '../paper/paper';
import { sweepTable } from '../paper/sweep-table';

/** What the reference settings mean, as a page: what is compared with what, how it is obtained, what is known. */
export function referencePage(experiment: Experiment, facts: Facts): string {
  return [
    '# The reference policy of this config',
    `**Reference: ${experiment.trainer.reference}.**`,
    '## What the policy is rewarded for',
    reward(experiment),
    '## Where the numbers come from',
    source(experiment, facts),
    '## What is known',
    known(experiment),
  ].join('\n\n');
}

function reward(experiment: Experiment): string {
  const beta = experiment.get('objective.beta').value;
  const lines = hasNoReference(experiment)
    ? [
        '    r(x, y) = beta * log p(y | x)',
        "There is no reference: the reward is the policy's own log-probability, so nothing holds it back. Log-probabilities are summed over tokens, so the useful beta differs from that of DPO.",
      ]
    : experiment.get('reference.score').value === 'prior'
      ? [
          '    r(x, y) = beta * ( log p(y | x) - log p_ref(y) )',
          'The reference scores the response without its prompt. Up to a constant the reward is p(x | y): a response is good when it makes the prompt likely.',
        ]
      : [
          '    r(x, y) = beta * ( log p(y | x) - log p_ref(y | x) )',
          'The policy gains by making a response likelier than the reference does. At the first step both agree when they are the same model: every reward is 0 and the loss is ln 2 = 0.6931.',
        ];
  const normalized = experiment.get('objective.length_normalized').value
    ? ' Log-probabilities are divided by the response length.'
    : '';
  const sweep = experiment.get('sweep.beta');
  const betas =
    sweep.given && sweep.value ? `The sweep tries beta ${sweep.value.join(', ')}.` : `Beta is ${beta}.`;
  return [lines[0], `${lines[1]}${normalized} ${betas}`].join('\n\n');
}

function source(experiment: Experiment, facts: Facts): string {
  if (hasNoReference(experiment))
    return 'No reference log-probabilities are computed: they are 0 for every response.';
  if (experiment.get('reference.logprobs').value === 'columns') {
    return 'One number per response, read from the data (natural logarithm, summed over response tokens). No reference model is loaded.';
  }
  const table =
    'Computed once, before training: one sum per response, in nats, over the response tokens and the end-of-sequence token. Every run with the same model, data, template and length limit shares the table, so a sweep over beta computes it once.';
  if (hasForeignReference(experiment)) {
    const cached = facts.reference?.found === 'no' ? ` ${facts.reference.reason}` : '';
    return `${table} The model is loaded for this pass only and scores the text with its own tokenizer, so it may be of another family.${cached}`;
  }
  const adapter = experiment.get('model.adapter').given
    ? ' The adapter of the starting policy is part of it.'
    : '';
  const second =
    experiment.get('training.method').value === 'lora'
      ? ' The base weights without the trained adapter serve as reference; no second model is loaded.'
      : '';
  return `${table}${second}${adapter}`;
}

function known(experiment: Experiment): string {
  if (hasNoReference(experiment) || experiment.get('reference.score').value === 'prior') {
    const rows = REWARDS.map(
      ({ reward: name, winRate, beta }) => `- ${name}: ${winRate} % at its best beta, ${beta}`,
    );
    return [
      `The paper compared three rewards on mistral-7b-sft (win rate on AlpacaEval 2):`,
      rows.join('\n'),
      'Well-tuned DPO won; the model trained without a reference wrote much longer texts.',
    ].join('\n\n');
  }
  if (hasForeignReference(experiment)) {
    return [
      sweepTable(STRONGER_REFERENCE_SWEEPS),
      'A stronger reference raises the ceiling only when it is compatible with the policy: same family and pre-training. The best beta is then often near 1 rather than 0.01.',
    ].join('\n\n');
  }
  return [
    sweepTable(OWN_REFERENCE_SWEEPS),
    'The best beta is 5 to 10 times smaller than the usual 0.1. Half a step below it the model degenerates: the end-of-sequence token is pushed down and texts run on, while loss and accuracy still look fine.',
  ].join('\n\n');
}
