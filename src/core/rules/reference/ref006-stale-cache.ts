import type { Rule } from '../../rule';
import { isOn, isRewritten, trlKeys } from '../own-keys';

export const REF006: Rule = {
  code: 'REF006',
  title: 'Stored reference log-probabilities may be of another length',
  severity: 'warning',
  when: '`precompute_ref_log_probs` is on for TRL, and `truncation_mode` is keep_end or `max_length` is null.',
  why: 'TRL finds its stored reference log-probabilities by a hash of the data and the model. With these settings the hash does not change with the length, so that a run with another length reads the old ones: rewards are not 0 at the first step.',
  todo: 'Write `truncation_mode: keep_start` and a number for `max_length`, or clear the cache of data sets after each change.',
  evidence: [
    'Measured with TRL 1.13: with keep_end, max_length 64 changed to 8 reads the old file; the first loss is 0.914 in place of 0.693. With max_length null, a changed ld_alpha does the same.',
  ],
  *check(experiment) {
    const own = trlKeys(experiment);
    if (!own || !isOn(own, 'precompute_ref_log_probs') || !isRewritten(own)) return;
    const { entries, file } = own;
    const keepsEnd = file.value('truncation_mode') === 'keep_end';
    const hasNoLength = entries.find('max_length')?.value === null;
    if (!keepsEnd && !hasNoLength) return;
    const key = keepsEnd ? 'truncation_mode' : 'max_length';
    const value = keepsEnd ? 'keep_start' : 1024;
    yield {
      at: 'data.max_length',
      key,
      message: `With this ${key}, TRL may read reference log-probabilities that it stored for another length: the hash that it finds them by does not change. Rewards would start away from 0.`,
      fixes: [{ title: `Change to ${value}`, edits: entries.set(key, value) }],
    };
  },
};
