import type { EffectiveReference, KeyChange, Reader, TrainerTable } from '../table';
import { row } from '../tables/rows';
import { TRL, TRL_ROWS, trlReference } from '../tables/trl';
import { asText } from '../values';
import { isAtLeast } from '../versions';

/** Arguments of `DPOTrainer` itself before its config took them all. */
const OLD_ARGUMENTS = [
  'beta',
  'label_smoothing',
  'loss_type',
  'label_pad_token_id',
  'padding_value',
  'truncation_mode',
  'max_length',
  'max_prompt_length',
  'max_target_length',
  'is_encoder_decoder',
  'disable_dropout',
  'generate_during_eval',
  'precompute_ref_log_probs',
  'dataset_num_proc',
  'model_init_kwargs',
  'ref_model_init_kwargs',
  'model_adapter_name',
  'ref_adapter_name',
  'reference_free',
  'force_use_ref_model',
];

/** How the arguments of the trainer's own call are called among the keys. */
export const TRAINER = 'DPOTrainer.';

const TRAINER_CHANGES: readonly KeyChange[] = [
  ...OLD_ARGUMENTS.map(
    (name): KeyChange => ({
      code: 'KEY002',
      key: TRAINER + name,
      package: 'trl',
      until: '0.13.0',
      instead: `Write ${name} in DPOConfig.`,
      fix: { title: 'Move it to DPOConfig', rename: name },
    }),
  ),
  {
    code: 'KEY002',
    key: `${TRAINER}tokenizer`,
    package: 'trl',
    until: '0.16.0',
    instead: 'It is called processing_class now.',
    fix: { title: 'Rename to processing_class', rename: `${TRAINER}processing_class` },
  },
];

/** Arguments of other calls than the config's, to which what the command line does with such keys does not apply. */
const OF_OTHER_CALLS = new Set(['ref_model', 'dtype', 'torch_dtype']);

const both = (key: string): string[] => [key, TRAINER + key];

/** TRL as Python code uses it: the reference is an argument, and settings may be in two calls. */
export const PYTHON_TRL: TrainerTable = {
  ...TRL,
  launch: 'python FILE',
  substitutesVariables: true,
  rows: {
    ...TRL_ROWS,
    'objective.beta': { ...TRL_ROWS['objective.beta'], ...row(both('beta'), 0.1) },
    'objective.loss': { ...TRL_ROWS['objective.loss'], ...row(both('loss_type'), 'sigmoid') },
    'objective.label_smoothing': row(both('label_smoothing'), 0),
    'data.max_length': row(both('max_length'), 1024),
    'data.max_prompt_length': row(both('max_prompt_length')),
    'data.truncation': row(both('truncation_mode'), 'keep_start'),
    'reference.policy': { ...row('ref_model'), readOnly: true },
  },
  changes: [...TRL.changes.filter(({ key }) => !OF_OTHER_CALLS.has(key)), ...TRAINER_CHANGES],
  reference: pythonReference,
};

/** What `DPOTrainer` uses: the model it is given, else the policy's copy or what lies under its adapter. */
function pythonReference(file: Reader): EffectiveReference {
  if (file.has('ref_model')) {
    const name = asText(file.value('ref_model'));
    if (name === undefined)
      return { policy: undefined, words: 'the model that the script passes as ref_model' };
    const isSame = name === file.value('model_name_or_path');
    return {
      policy: isSame ? 'same' : name,
      words: isSame ? `another copy of the starting policy ${name}` : name,
    };
  }
  if (!file.has('continued_adapter')) return trlReference(file);
  const keepsAdapter =
    isAtLeast(file.version('trl'), '0.29.0') || file.has('ref_adapter_name', 'DPOTrainer.ref_adapter_name');
  return keepsAdapter
    ? { policy: 'same', words: 'a frozen copy of the adapter that training continues' }
    : { policy: undefined, words: 'the bare base model, without the adapter that training continues' };
}
