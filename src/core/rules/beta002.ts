import { showValue } from '../config/describe';
import type { Finding, Rule } from './rule';

export const BETA002: Rule = {
  code: 'BETA002',
  title: 'Beta must be a number above 0',
  severity: 'error',
  when: '`objective.beta` or a value of `sweep.beta` is zero, negative or no number.',
  why: 'Beta scales the reward, and with it every gradient. At 0 all rewards are 0, the loss stays at ln 2 and nothing trains; below 0 the rejected responses are rewarded.',
  todo: 'Write a number above 0: 0.1 to stay close to the reference, 0.01 to let the policy move.',
  evidence: [
    'trl #1627: rewards 0 and loss 0.6931 for hundreds of steps; the cause was beta 0.',
    'Verified with TRL 1.13: gradient norm 0 at beta 0.',
  ],
  *check(experiment) {
    for (const at of ['objective.beta', 'sweep.beta'] as const) {
      const setting = experiment.get(at);
      if (!setting.malformed || isVariable(setting.written)) continue;
      const values =
        Array.isArray(setting.written) && at === 'sweep.beta' ? setting.written : [setting.written];
      if (values.length === 0) {
        yield {
          at,
          message: `${setting.key} is empty, so no arm would run. List the betas to try, such as [0.1, 0.05, 0.02, 0.01].`,
        };
      }
      for (const [index, value] of values.entries()) {
        const wrong = problemWith(value, at);
        const range = setting.itemRanges[index] ?? setting.range;
        if (!wrong) continue;
        const finding: Finding = { at, range, message: `${setting.key} is ${showValue(value)}. ${wrong}` };
        yield at === 'sweep.beta'
          ? finding
          : {
              ...finding,
              fixes: [betaFix(value), 0.1].flatMap((beta) =>
                beta === undefined ? [] : [{ title: `Write ${beta}`, edits: experiment.set(at, beta) }],
              ),
            };
      }
    }
  },
};

/** Left to BETA009, which knows what a variable means. */
function isVariable(written: unknown): boolean {
  return typeof written === 'string' && /^\$|^\?\?\?$|^\{\{/.test(written.trim());
}

function problemWith(value: unknown, at: string): string | undefined {
  if (typeof value === 'number') {
    if (value === 0) return 'Beta scales every gradient, so at 0 nothing trains. It must be above 0.';
    if (value < 0) return 'A negative beta rewards the rejected responses. It must be above 0.';
    return Number.isFinite(value) && at ? undefined : 'It must be a finite number above 0.';
  }
  return 'It must be a number above 0, such as 0.1 or 0.01.';
}

function betaFix(value: unknown): number | undefined {
  const number =
    typeof value === 'string' ? Number(value) : typeof value === 'number' ? Math.abs(value) : Number.NaN;
  return number > 0 && number !== 0.1 && Number.isFinite(number) ? number : undefined;
}
