import type { Experiment } from '../../config/experiment';
import { hasNoReference, readsColumns } from '../../config/questions';
import { defaultOf } from '../../config/table';
import type { Finding, FixProposal, Rule } from '../../rule';
import { keysFor } from '../own-keys';

type ReferencePath = `reference.${'score' | 'logprobs' | 'revision' | 'adapter' | 'dtype'}`;

export const REF003: Rule = {
  code: 'REF003',
  title: 'This reference setting has no effect',
  severity: 'warning',
  when: 'A setting of the reference is written that the other ones make void: anything beside `policy: none`; how to load and score a model when log-probabilities are read from columns; another revision or adapter beside `policy: same`; for ms-swift, `ref_model` beside LoRA (error).',
  why: 'The reference is then another one than the file says. Nothing fails, and the difference shows only in the result.',
  todo: 'Remove the setting, or name the model it belongs to under `reference.policy`.',
  evidence: [
    'modelscope/ms-swift #10196: a setting for reference log-probabilities did nothing for months.',
    'Seen with ms-swift 4.6: ref_model with LoRA stops at the start (swift/arguments/rlhf_args.py).',
    'In public configs of several trainers a reference model is named that the trainer never loads.',
  ],
  *check(experiment) {
    yield* besideLora(experiment);
    const { paths, reason } = voidSettings(experiment);
    for (const at of paths) {
      const { given, value, key } = experiment.get(at);
      if (!given || value === defaultOf(at)) continue;
      yield {
        at,
        message: `${key} has no effect: ${reason}`,
        fixes: [{ title: `Remove ${key}`, edits: experiment.remove(at) }, ...namingTheModel(experiment, at)],
      };
    }
  },
};

/** ms-swift takes another reference for full weights only. */
function* besideLora(experiment: Experiment): Iterable<Finding> {
  const own = keysFor(experiment, 'ms-swift');
  if (!own?.file.has('ref_model') || experiment.get('training.method').value !== 'lora') return;
  yield {
    at: 'reference.policy',
    key: 'ref_model',
    severity: 'error',
    message:
      'ms-swift takes ref_model only with tuner_type full: with LoRA it stops at the start. Without it the reference is the base model with the adapter switched off.',
    fixes: [{ title: 'Remove ref_model', edits: own.entries.remove('ref_model') }],
  };
}

function voidSettings(experiment: Experiment): { paths: readonly ReferencePath[]; reason: string } {
  const policy = experiment.get('reference.policy');
  if (hasNoReference(experiment)) {
    return {
      paths: [
        'reference.score',
        'reference.logprobs',
        'reference.revision',
        'reference.adapter',
        'reference.dtype',
      ],
      reason: `${policy.key} is none, so every reference log-probability is 0.`,
    };
  }
  if (readsColumns(experiment)) {
    const { key } = experiment.get('reference.logprobs');
    return {
      paths: ['reference.score', 'reference.revision', 'reference.adapter', 'reference.dtype'],
      reason: `${key} is columns, so no reference model is loaded or asked.`,
    };
  }
  if (policy.value === 'same' && !policy.malformed) {
    return {
      paths: ['reference.revision', 'reference.adapter'],
      reason: `${policy.key} is same, so the reference is the starting policy with the revision and adapter under model. Name the model under ${policy.key} to use it with others.`,
    };
  }
  return { paths: [], reason: '' };
}

/** Beside `same`, a revision or an adapter was probably meant for the same base model. */
function namingTheModel(experiment: Experiment, at: ReferencePath): FixProposal[] {
  const model = experiment.get('model.path').value;
  const isSame = experiment.get('reference.policy').value === 'same' && !readsColumns(experiment);
  if (!isSame || model === undefined) return [];
  const what = at === 'reference.adapter' ? 'this adapter' : 'this revision';
  return [
    { title: `Use ${model} with ${what} as reference`, edits: experiment.set('reference.policy', model) },
  ];
}
