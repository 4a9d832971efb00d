import { asText } from '../../config/dialects/values';
import type { Rule } from '../../rule';
import { keysFor } from '../own-keys';

/** Where the loss stands, and the settings of the reference beside it. */
const KEYS: Readonly<Record<string, readonly [loss: string, ...reference: string[]]>> = {
  llamafactory: ['pref_loss', 'ref_model', 'ref_model_adapters', 'ref_model_quantization_bit'],
  'open-instruct': ['loss_type'],
};
const WITHOUT_REFERENCE = new Set(['simpo', 'orpo', 'cpo']);

export const LOSS006: Rule = {
  code: 'LOSS006',
  title: 'This loss uses no reference',
  severity: 'info',
  when: 'The loss is simpo, orpo or cpo in a file for a trainer of DPO.',
  why: 'These are other objectives than DPO: nothing holds the policy to a reference, settings of the reference have no effect, and beta has another scale (2 to 10 for SimPO, as log-probabilities are averaged).',
  todo: 'Use sigmoid for DPO, or remove what is set for the reference.',
  evidence: [
    'Source of LLaMA-Factory, finetuning_args.py: use_ref_model is off for orpo and simpo.',
    'SimPO (Meng et al., 2024): beta 2 to 10.',
  ],
  *check(experiment) {
    const { dialect } = experiment.trainer;
    const own = keysFor(experiment, ...Object.keys(KEYS));
    const [lossKey, ...referenceKeys] = KEYS[dialect] ?? [];
    const loss = lossKey === undefined ? undefined : asText(own?.file.value(lossKey));
    if (!own || lossKey === undefined || loss === undefined || !WITHOUT_REFERENCE.has(loss)) return;
    const inert = referenceKeys.filter((key) => own.file.has(key));
    const [first] = inert;
    const effect =
      first === undefined ? '' : ` ${inert.join(', ')} ${inert.length === 1 ? 'has' : 'have'} no effect.`;
    yield {
      at: 'objective.loss',
      key: lossKey,
      message: `${loss} is another objective than DPO: it compares the policy with no reference.${effect}`,
    };
  },
};
