import { isAtLeast } from '../../config/dialects/versions';
import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

export const MON003: Rule = {
  code: 'MON003',
  title: 'Where metrics go depends on the version',
  severity: 'info',
  when: 'A file for TRL, alignment-handbook or LLaMA-Factory does not set `report_to`.',
  why: 'transformers 4 reports to every tracker that is installed, transformers 5 to none: a run leaves no curves, or opens an account that was not asked for.',
  todo: 'Write `report_to`, with `none` if no tracker is wanted.',
  evidence: [
    'TrainingArguments of transformers 4.57 and 5.18, compared: the default changed from all to none.',
  ],
  *check(experiment) {
    const own = keysFor(experiment, 'trl', 'alignment-handbook', 'llamafactory');
    if (!own || own.file.has('report_to')) return;
    const version = own.file.version('transformers');
    const effect =
      version === ''
        ? 'every installed tracker with transformers 4, and none with 5'
        : isAtLeast(version, '5.0.0')
          ? 'no tracker'
          : 'every tracker that is installed';
    yield {
      at: 'backend.torch.report_to',
      message: `report_to is absent, so metrics go to ${effect}${version ? ` (transformers ${version})` : ''}.`,
      fixes: [{ title: 'Write report_to: none', edits: own.entries.set('report_to', 'none') }],
    };
  },
};
