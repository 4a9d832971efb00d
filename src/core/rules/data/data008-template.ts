import { lastPart } from '../../config/model-names';
import type { Rule } from '../../rule';
import { readData } from './samples';

export const DATA008: Rule = {
  code: 'DATA008',
  title: 'The chat template cannot be used',
  severity: 'warning',
  when: '`data.chat_template` names a file that cannot be read or is no Jinja template.',
  why: 'Training could not turn messages into text, and neither lengths nor ends of responses can be checked before.',
  todo: 'Correct the path, which starts from the folder of the config file, or mend the template.',
  evidence: [],
  *check(experiment, { train }) {
    const template = experiment.get('data.chat_template');
    const reason = readData(train)?.tokensReason;
    if (!template.given || template.value === 'auto' || template.value === 'none') return;
    // Tokens can be missing for reasons of the tokenizer, too.
    if (!reason?.includes(lastPart(template.value))) return;
    yield { at: 'data.chat_template', message: `${template.key} cannot be used. ${reason}` };
  },
};
