import type { Rule } from '../../rule';

/** Short and open: a sound answer ends by itself, well before 256 tokens. */
const PROBES = [
  'Explain in two sentences why the sky is blue.',
  'Give me three ideas for a rainy afternoon.',
  'Write a short thank-you note to a neighbour.',
];

export const MON005: Rule = {
  code: 'MON005',
  title: 'No texts are generated during training',
  severity: 'hint',
  when: '`evaluation.probes` is empty.',
  why: 'Degeneration is an event of generated text: answers grow longer and stop ending, while loss and accuracy on given responses keep improving. A few prompts answered at each evaluation show it in time.',
  todo: 'Write a few prompts under `evaluation.probes`, like those that the model will be used for.',
  evidence: [
    'Paper: the end-of-sequence token is pushed down hardest, and neither loss nor accuracy shows it.',
    'trl #1239, LLaMA-Factory #7734: texts that never end or repeat, found after training.',
  ],
  *check(experiment) {
    const probes = experiment.get('evaluation.probes');
    if (probes.value.length > 0 || probes.malformed) return;
    const edits = experiment.set('evaluation.probes', PROBES);
    // Where the file has no place for them, its trainer generates nothing.
    if (!edits) return;
    yield {
      at: 'evaluation.probes',
      message:
        'Without probes it stays unseen when texts stop ending: loss and accuracy keep improving. Give a few prompts.',
      fixes: [{ title: `Add ${PROBES.length} prompts to start with`, edits }],
    };
  },
};
