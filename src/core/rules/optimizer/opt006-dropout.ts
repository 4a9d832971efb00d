import { asBoolean } from '../../config/dialects/values';
import type { Rule } from '../../rule';
import { trlKeys } from '../own-keys';

export const OPT006: Rule = {
  code: 'OPT006',
  title: 'Dropout stays on',
  severity: 'info',
  when: '`disable_dropout: false` for TRL.',
  why: 'Policy and reference then drop different weights, so that rewards are noise before they are a signal, and are not 0 at the first step.',
  todo: 'Remove the key: dropout is off by default.',
  evidence: [
    'eric-mitchell/direct-preference-optimization #34: small differences at the first step, from dropout and number formats.',
  ],
  *check(experiment) {
    const own = trlKeys(experiment);
    if (!own || asBoolean(own.file.value('disable_dropout')) !== false) return;
    yield {
      at: 'model.path',
      key: 'disable_dropout',
      message:
        'With dropout, policy and reference differ by chance alone: rewards are noisy and do not start at 0.',
      fixes: [{ title: 'Remove disable_dropout', edits: own.entries.remove('disable_dropout') }],
    };
  },
};
