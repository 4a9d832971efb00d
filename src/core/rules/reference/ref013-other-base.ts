import { isFolderPath, isSameModel, lastPart } from '../../config/model-names';
import type { Rule } from '../../rule';

export const REF013: Rule = {
  code: 'REF013',
  title: 'The adapter was trained on another base model',
  severity: 'error',
  when: 'The adapter_config.json of `model.adapter` names another base model than `model.path`, and both are hub ids.',
  why: 'An adapter is a difference to the weights it was trained on. On others it is noise, or its shapes do not fit; either way policy and reference are broken from the first step.',
  todo: 'Name the base model of the adapter as `model.path`.',
  evidence: [
    'alignment-handbook #39 and #99: DPO with LoRA far worse than its start; the adapter named another base.',
  ],
  *check(experiment, { adapter, policy }) {
    const model = experiment.get('model.path');
    if (!adapter || adapter.found === 'no' || !adapter.baseModel || model.value === undefined) return;
    const { baseModel } = adapter;
    // What a folder holds cannot be told from its name.
    if (policy?.found === 'folder' || isFolderPath(model.value) || isFolderPath(baseModel)) return;
    if (isSameModel(baseModel, model.value) || isMirror(baseModel, model.value)) return;
    yield {
      at: 'model.path',
      message: `The adapter was trained on ${baseModel}, not on ${model.value}. On other weights it is noise.`,
      fixes: [{ title: `Change to ${baseModel}`, edits: experiment.set('model.path', baseModel) }],
    };
  },
};

/** The same model under another owner, or quantised for training. */
function isMirror(a: string, b: string): boolean {
  const plain = (name: string): string =>
    lastPart(name)
      .toLowerCase()
      .replace(/(-unsloth)?(-bnb-4bit|-4bit|-hf)$/, '');
  return plain(a) === plain(b);
}
