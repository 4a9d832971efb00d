import { isFolderPath } from '../../config/model-names';
import type { Rule } from '../../rule';

export const MODEL001: Rule = {
  code: 'MODEL001',
  title: 'A model folder cannot be read',
  severity: 'error',
  when: 'The policy, the reference or the adapter is a folder that does not exist, or holds something else. Hub ids that are not downloaded yet are fine.',
  why: 'The run would stop when the model is loaded. Paths in a config start from the folder of the config file.',
  todo: 'Correct the path, or name the model by its hub id.',
  evidence: [],
  *check(experiment, { policy, reference, adapter }) {
    if (policy?.found === 'no' && policy.looksLike === 'folder') {
      yield { at: 'model.path', message: policy.reason };
    }
    if (reference?.found === 'no' && reference.looksLike === 'folder') {
      yield { at: 'reference.policy', message: reference.reason };
    }
    const path = experiment.get('model.adapter').value;
    if (adapter?.found === 'no' && path !== undefined && isFolderPath(path)) {
      yield { at: 'model.adapter', message: adapter.reason };
    }
  },
};
