import type { Experiment } from '../../config/experiment';
import type { TemplateFacts } from '../../facts';
import type { Finding, Rule } from '../../rule';
import { count } from '../../words/counts';
import { readData } from './samples';

export const DATA012: Rule = {
  code: 'DATA012',
  title: 'The chat template does not write what the data holds',
  severity: 'warning',
  when: 'The chat template refuses sampled pairs, makes two answers the same text, leaves out reasoning, ends the prompt with something that the answers of the data do not begin with, or writes the date.',
  why: 'The policy is trained on what the template writes, not on what the data holds. A pair that the template refuses ends a run at its start; a pair of equal texts teaches nothing.',
  todo: 'Name another template under `data.chat_template`, or change the rows: where a template knows no system message, put its text before the first question. Fix the date with `data.date`.',
  evidence: [
    'lm-sys/FastChat #2951: a template that refuses system messages.',
    'huggingface/trl #5213 and #6105: a generation prompt with <think> that the conversations lack.',
    'sgl-project/sglang #3296: templates that write the date.',
  ],
  *check(experiment, { train }) {
    const facts = readData(train)?.template;
    if (facts) yield* findings(experiment, facts);
  },
};

function* findings(experiment: Experiment, facts: TemplateFacts): Iterable<Finding> {
  const { pairs, refused, refusal, equal, withoutReasoning, apart, opening, writesDate } = facts;
  const at = 'data.chat_template';
  const sampled = `of ${count(pairs, 'sampled pair')}`;
  if (refused > 0) {
    yield {
      at,
      severity: 'error',
      message: `The chat template refuses ${refused} ${sampled}: ${refusal}. Change these rows (text of a system message can stand before the first question), or name another template.`,
    };
  }
  if (equal > 0) {
    yield {
      at,
      message: `Of ${equal} ${sampled} the chat template writes both answers as the same text, so that nothing is left to compare. It leaves out what they differ in.`,
    };
  }
  if (withoutReasoning > 0) {
    yield {
      at,
      message: `The chat template leaves out the reasoning of ${count(withoutReasoning, 'answer')} in ${count(pairs, 'sampled pair')}, so that it is not trained on.`,
    };
  }
  if (apart > 0) {
    yield {
      at,
      severity: 'info',
      message: `In ${apart} ${sampled} the chat template ends the prompt with ${JSON.stringify((opening ?? '').slice(0, 60))}, which it does not write before the answers of the data. Answers are scored from where both part; texts are generated with it.`,
    };
  }
  if (writesDate && !experiment.get('data.date').given) {
    yield {
      at,
      severity: 'info',
      message: `The chat template writes the date: a run keeps the day on which it was made. Set ${experiment.get('data.date').key} to compare runs of several days, and to share their reference.`,
    };
  }
}
