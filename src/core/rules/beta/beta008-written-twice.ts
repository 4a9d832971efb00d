import { toNumber } from '../../config/dialects/values';
import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

/** The one that counts first. */
const SPELLINGS = ['trl.beta', 'rl_beta', 'dpo_beta'];

export const BETA008: Rule = {
  code: 'BETA008',
  title: 'Beta is written twice, with different values',
  severity: 'error',
  when: 'A file for axolotl has more than one of `trl.beta`, `rl_beta` and `dpo_beta`, and they differ.',
  why: 'axolotl takes `trl.beta` without a word, so that a change of the other one changes nothing.',
  todo: 'Keep one of them.',
  evidence: ['Source of axolotl 067b021c, core/builders/rl.py, line 120: trl.beta is read before rl_beta.'],
  *check(experiment) {
    const own = keysFor(experiment, 'axolotl');
    const written = SPELLINGS.filter((key) => own?.file.has(key));
    const [used, ...others] = written;
    if (!own || used === undefined) return;
    const value = toNumber(own.file.value(used));
    for (const key of others) {
      const other = toNumber(own.file.value(key));
      if (value === undefined || other === undefined || other === value) continue;
      yield {
        at: 'objective.beta',
        key,
        message: `${key} is ${other}, but axolotl trains with ${used}: ${value}.`,
        fixes: [{ title: `Remove ${key}`, edits: own.entries.remove(key) }],
      };
    }
  },
};
