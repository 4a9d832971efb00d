import { compareVersions, isAtLeast } from '../../config/dialects/versions';
import type { Value } from '../../config/edit';
import type { OwnKeys } from '../../config/experiment';
import type { Rule } from '../../rule';
import { isOn, trlKeys } from '../own-keys';

interface Changed {
  readonly key: string;
  readonly package: 'trl' | 'transformers';
  readonly since: string;
  readonly before: Value;
  readonly now: string;
  readonly applies?: (own: OwnKeys) => boolean;
}

const CHANGED: readonly Changed[] = [
  { key: 'learning_rate', package: 'trl', since: '0.12.0', before: 5e-5, now: '1e-6' },
  {
    key: 'ref_model_sync_steps',
    package: 'trl',
    since: '0.16.0',
    before: 64,
    now: '512',
    applies: synchronises,
  },
  {
    key: 'ref_model_mixup_alpha',
    package: 'trl',
    since: '0.16.0',
    before: 0.9,
    now: '0.6',
    applies: synchronises,
  },
  { key: 'truncation_mode', package: 'trl', since: '0.29.0', before: 'keep_end', now: 'keep_start' },
];

/** Keys that a file has only when it was written for a version before these. */
const BETRAYING: readonly (readonly [key: string, before: string])[] = [
  ['max_target_length', '0.14.0'],
  ['is_encoder_decoder', '0.15.0'],
  ['padding_value', '0.26.0'],
  ['torch_dtype', '0.27.0'],
  ['max_prompt_length', '0.29.0'],
  ['max_completion_length', '0.29.0'],
  ['rpo_alpha', '0.29.0'],
  ['reference_free', '0.29.0'],
  ['force_use_ref_model', '0.29.0'],
  ['ref_adapter_name', '0.29.0'],
];

export const KEY009: Rule = {
  code: 'KEY009',
  title: 'A default has changed since this file was written',
  severity: 'info',
  when: "A file's own keys show that it was written for an older TRL than it is judged with, and a key is absent whose default has changed between: `truncation_mode`, `learning_rate`, `ref_model_sync_steps`, `ref_model_mixup_alpha`.",
  why: 'The same file trains something else than when its results were reported.',
  todo: 'Write the old value down to repeat the recipe, or keep the new default knowingly.',
  evidence: ['Defaults of DPOConfig in every tag of TRL, compared.'],
  *check(experiment) {
    const own = trlKeys(experiment);
    const before = own && writtenBefore(own);
    if (!own || before === undefined) return;
    for (const { key, package: name, since, before: value, now, applies } of CHANGED) {
      if (own.file.has(key) || applies?.(own) === false) continue;
      if (compareVersions(before, since) > 0 || !isAtLeast(own.file.version(name), since)) continue;
      yield {
        at: 'model.path',
        message: `The keys of this file are those of ${name} before ${before}. ${key} is absent, and its default was ${value} then and is ${now} since ${since}.`,
        fixes: [{ title: `Write ${key}: ${value}`, edits: own.entries.set(key, value) }],
      };
    }
  },
};

function synchronises(own: OwnKeys): boolean {
  return isOn(own, 'sync_ref_model');
}

/** The version that the file must be older than; undefined where its keys say nothing. */
function writtenBefore({ entries }: OwnKeys): string | undefined {
  const versions = BETRAYING.filter(([key]) => entries.find(key) !== undefined).map(([, version]) => version);
  return versions.sort(compareVersions)[0];
}
