import { showValue } from '../../config/describe';
import type { Experiment } from '../../config/experiment';
import { isVariable } from '../../config/questions';
import type { Finding, FixProposal, Rule } from '../../rule';
import { together } from '../fixes';

export const BETA002: Rule = {
  code: 'BETA002',
  title: 'Beta must be a number above 0',
  severity: 'error',
  when: '`objective.beta` or a value of `sweep.beta` is zero, negative or no number.',
  why: 'Beta scales the reward, and with it every gradient. At 0 all rewards are 0, the loss stays at ln 2 and nothing trains; below 0 the rejected responses are rewarded.',
  todo: 'Write a number above 0: 0.1 to stay close to the reference, 0.01 to let the policy move. Several values belong in `sweep.beta`.',
  evidence: [
    'trl #1627: rewards 0 and loss 0.6931 for hundreds of steps; the cause was beta 0.',
    'Verified with TRL 1.13: gradient norm 0 at beta 0.',
  ],
  *check(experiment) {
    yield* checkObjective(experiment);
    yield* checkSweep(experiment);
  },
};

function* checkObjective(experiment: Experiment): Iterable<Finding> {
  const at = 'objective.beta';
  const { malformed, written, key, open } = experiment.get(at);
  if (!malformed || written === undefined || open || isVariable(written)) return;
  if (Array.isArray(written)) {
    const sweep = experiment.get('sweep.beta');
    const several = sweep.expressible ? ` Several betas belong in ${sweep.key}, one arm for each.` : '';
    const message = `${key} holds one number; ${showValue(written)} is a list.${several}`;
    yield { at, message, fixes: [sweepInstead(experiment, written)] };
    return;
  }
  const fixes = [...new Set([meantBeta(written), 0.05])].flatMap((beta) =>
    beta === undefined ? [] : [{ title: `Change to ${beta}`, edits: experiment.set(at, beta) }],
  );
  yield { at, message: `${key} is ${showValue(written)}. ${problemWith(written)}`, fixes };
}

function sweepInstead(experiment: Experiment, written: readonly unknown[]): FixProposal {
  const betas = written.filter((value): value is number => typeof value === 'number');
  const [first] = betas;
  const edits =
    first === undefined || betas.length < written.length
      ? undefined
      : together(experiment.set('objective.beta', first), experiment.set('sweep.beta', betas));
  return { title: `Sweep beta: ${betas.join(', ')}`, edits };
}

function* checkSweep(experiment: Experiment): Iterable<Finding> {
  const at = 'sweep.beta';
  const { malformed, written, key, itemRanges } = experiment.get(at);
  if (!malformed || written === undefined || isVariable(written)) return;
  if (!Array.isArray(written)) {
    const beta = meantBeta(written);
    const fixes =
      beta === undefined ? [] : [{ title: `Change to [${beta}]`, edits: experiment.set(at, [beta]) }];
    const message = `${key} is ${showValue(written)}. It must be a list of betas, one arm for each, such as [0.1, 0.05, 0.02, 0.01].`;
    yield { at, message, fixes };
    return;
  }
  if (written.length === 0) {
    const message = `${key} is empty, so no arm would run. List the betas to try, such as [0.1, 0.05, 0.02, 0.01].`;
    yield { at, message };
  }
  for (const [index, value] of written.entries()) {
    if (isBeta(value) || isVariable(value)) continue;
    const range = itemRanges[index];
    const message = `${key} has ${showValue(value)}. ${problemWith(value)}`;
    yield { at, message, ...(range ? { range } : {}) };
  }
}

function isBeta(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function problemWith(value: unknown): string {
  if (value === 0) return 'Beta scales every gradient, so at 0 nothing trains. It must be above 0.';
  if (typeof value === 'number' && value < 0)
    return 'A negative beta rewards the rejected responses. It must be above 0.';
  return 'It must be a finite number above 0, such as 0.1 or 0.01.';
}

/** A number in quotes, or a usual one with a stray sign. */
function meantBeta(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && number < 0 && number > -1) return -number;
  return isBeta(number) ? number : undefined;
}
