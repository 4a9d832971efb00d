import type { Rule } from '../../rule';

const SELDOM = 10;

export const MON001: Rule = {
  code: 'MON001',
  title: 'Metrics are logged too seldom',
  severity: 'info',
  when: `\`training.log_every\` is above ${SELDOM}.`,
  why: 'The first step tells most: with the starting policy as reference its loss must be ln 2 = 0.6931 and every reward 0, else the reference is not what it should be. A run that separates all pairs within a few dozen steps is over before the second line of such a log.',
  todo: 'Log every step, or at most every tenth. A line costs nothing beside a step.',
  evidence: [
    'hiyouga/LLaMA-Factory #8974: the first log told that the reference was wrong (loss 0.0, accuracy 1.0).',
    'Paper, objective: at the first step the loss is ln 2.',
  ],
  *check(experiment) {
    const every = experiment.get('training.log_every');
    if (every.value <= SELDOM) return;
    yield {
      at: 'training.log_every',
      message: `${every.key} ${every.value} hides the first steps, where a wrong reference shows: there the loss must be ln 2 = 0.6931. Log every step.`,
      fixes: [{ title: 'Change to 1', edits: experiment.set('training.log_every', 1) }],
    };
  },
};
