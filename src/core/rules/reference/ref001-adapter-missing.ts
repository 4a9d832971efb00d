import type { Experiment, OwnKeys } from '../../config/experiment';
import { namesThePolicy, readsColumns } from '../../config/questions';
import type { Finding, Rule } from '../../rule';
import type { TextEdit } from '../../words/text';
import { keysFor } from '../own-keys';

export const REF001: Rule = {
  code: 'REF001',
  title: "The policy's adapter is missing from the reference",
  severity: 'warning',
  when: 'The policy starts with an adapter, and the reference is written as the same model without one. For LLaMA-Factory, where this happens unless a key prevents it, it is an error.',
  why: 'The reference is then the bare base model and not the fine-tuned model that training starts from. Rewards are not 0 at the first step, and the policy is pulled back to before its fine-tuning.',
  todo: 'Remove `reference.policy` (the default `same` includes the adapter), or name the adapter under `reference.adapter`.',
  evidence: [
    'hiyouga/LLaMA-Factory #8459: with an adapter to continue and no reference named, the reference was silently the base model.',
    'hiyouga/LLaMA-Factory #8974: the same, seen as loss 0.0 and accuracy 1.0 in the first log.',
  ],
  *check(experiment) {
    const adapter = experiment.get('model.adapter');
    const reference = experiment.get('reference.policy');
    if (!adapter.value || !namesThePolicy(experiment) || readsColumns(experiment)) return;
    const own = experiment.get('reference.adapter');
    if (own.given || own.malformed) return;
    const factory = keysFor(experiment, 'llamafactory');
    if (factory) {
      yield* bareReference(experiment, factory);
      return;
    }
    yield {
      at: 'reference.policy',
      message: `The policy starts with the adapter ${adapter.value}, but this reference is the bare ${reference.value} without it. The first loss will not be ln 2, and the policy is pulled away from its starting point.`,
      fixes: [
        {
          title: `Remove ${reference.key}: the start is the reference`,
          edits: experiment.remove('reference.policy'),
        },
        {
          title: 'Use the adapter in the reference, too',
          edits: experiment.set('reference.adapter', adapter.value),
        },
      ],
    };
  },
};

/** LLaMA-Factory continues the adapter, and switches it off to score the reference. */
function* bareReference(experiment: Experiment, { entries, file }: OwnKeys): Iterable<Finding> {
  const { value: adapter } = experiment.get('model.adapter');
  const { value: model } = experiment.get('model.path');
  if (adapter === undefined || model === undefined) return;
  const named = oneAfterAnother(
    experiment.set('reference.policy', model),
    experiment.set('reference.adapter', adapter),
  );
  yield {
    at: 'model.adapter',
    severity: 'error',
    message: `Training continues the adapter ${adapter}, and the reference is ${model} without it, as the adapter is switched off to score the reference. The first loss will not be ln 2, and the policy is pulled back to before its fine-tuning.`,
    fixes: [
      ...(file.has('create_new_adapter')
        ? []
        : [{ title: 'Merge it and train a new adapter', edits: entries.set('create_new_adapter', true) }]),
      { title: 'Load the model with this adapter as reference', edits: named },
    ],
  };
}

/** Two insertions at one place have no order as two edits; as one they have. */
function oneAfterAnother(
  first: readonly TextEdit[] | undefined,
  second: readonly TextEdit[] | undefined,
): TextEdit[] | undefined {
  const [one, two] = [first?.[0], second?.[0]];
  if (!one || !two || first?.length !== 1 || second?.length !== 1) return undefined;
  const isInsertion = one.range.start === two.range.start && two.range.end === two.range.start;
  return isInsertion ? [{ range: one.range, newText: one.newText + two.newText }] : [one, two];
}
