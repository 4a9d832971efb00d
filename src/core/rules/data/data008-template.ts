import type { Rule } from '../../rule';
import { readData } from './samples';

export const DATA008: Rule = {
  code: 'DATA008',
  title: 'The chat template cannot be used',
  severity: 'warning',
  when: "The chat template, the policy's own or the file that `data.chat_template` names, cannot be read, is no Jinja template, or does more than a template may: too many steps, too long a text, too much memory.",
  why: 'Training could not turn messages into text, and neither lengths nor ends of responses can be checked before.',
  todo: 'Correct the path, which starts from the folder of the config file, or fix the template.',
  evidence: [],
  *check(experiment, { train }) {
    const template = experiment.get('data.chat_template');
    const reason = readData(train)?.templateReason;
    if (reason === undefined) return;
    yield { at: 'data.chat_template', message: `${template.key} cannot be used. ${reason}` };
  },
};
