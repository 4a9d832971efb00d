import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

export const MON004: Rule = {
  code: 'MON004',
  title: 'The log file of LLaMA-Factory has no margins',
  severity: 'info',
  when: 'A file for LLaMA-Factory names an `output_dir`.',
  why: '`trainer_log.jsonl` holds loss, accuracy and learning rate only. Margins and rewards, which show whether the likelihood of chosen responses falls, are printed and never written there.',
  todo: 'Watch the printed lines, or set `report_to`.',
  evidence: [
    'Source of LLaMA-Factory, train/callbacks.py, LogCallback.on_log.',
    'hiyouga/LLaMA-Factory #5778 and #2422.',
  ],
  *check(experiment) {
    const own = keysFor(experiment, 'llamafactory');
    const tracker = own?.file.value('report_to');
    if (!own?.file.has('output_dir') || (tracker !== undefined && tracker !== 'none')) return;
    yield {
      at: 'model.path',
      key: 'output_dir',
      message:
        'trainer_log.jsonl in this folder will hold no margins and no rewards: watch the printed lines, or set report_to.',
    };
  },
};
