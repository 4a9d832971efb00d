import type { RuleEntry } from '../rule';

const WHY =
  'A trainer that is strict stops after minutes of loading; one that is lenient trains something else without a word. Recipes live longer than the versions that they were written for.';
const TODO =
  'Apply the fix, which writes what the newer version reads, or install the version that the file was written for.';

/** What the tables of other trainers report about keys that came and went, for the docs. */
export const CHANGED_KEYS: readonly RuleEntry[] = [
  {
    code: 'KEY002',
    title: 'This version of the trainer does not have the key',
    severity: 'error',
    when: 'A file for TRL, alignment-handbook or ms-swift has a key that the version it is judged with does not have: the installed one where it is found, else the newest that is known.',
    why: WHY,
    todo: TODO,
    evidence: [
      'Keys of DPOConfig in every tag of TRL, compared.',
      'trl #2853 and ms-swift #5602: TypeError and ValueError from keys that had gone.',
      'Verified with TRL 1.13: `trl dpo` stops at max_prompt_length, reference_free and torch_dtype.',
    ],
  },
  {
    code: 'KEY003',
    title: 'This version of transformers does not have the key',
    severity: 'error',
    when: 'A key of TrainingArguments went with transformers 5, such as warmup_ratio, overwrite_output_dir or logging_dir, or is older, such as evaluation_strategy.',
    why: WHY,
    todo: TODO,
    evidence: ['TrainingArguments of transformers 4.57 and 5.18, compared.'],
  },
  {
    code: 'KEY004',
    title: 'The number format of the weights is not read',
    severity: 'warning',
    when: '`torch_dtype` with TRL 0.27 or newer, which reads `dtype`.',
    why: 'Where the key is ignored the model is loaded in float32: with twice the memory, and more slowly.',
    todo: 'Rename the key to `dtype`.',
    evidence: ['ModelConfig of TRL 0.26 and 0.27, compared.'],
  },
  {
    code: 'KEY005',
    title: 'LLaMA-Factory calls this key something else',
    severity: 'error',
    when: '`dpo_beta`, `dpo_loss` or `dpo_ftx`, which LLaMA-Factory 0.8 renamed.',
    why: WHY,
    todo: 'Rename them to `pref_beta`, `pref_loss` and `pref_ftx`.',
    evidence: ['hiyouga/LLaMA-Factory, commit b0d99666.'],
  },
  {
    code: 'KEY006',
    title: 'OpenRLHF calls this flag something else',
    severity: 'error',
    when: 'A flat flag such as `--pretrain` with OpenRLHF 0.10.2 or newer, or a dotted one with an older version.',
    why: WHY,
    todo: 'Use the other name, or the other version.',
    evidence: ['OpenRLHF, commit ed62d0e2: flags got sections.'],
  },
  {
    code: 'KEY007',
    title: 'open-instruct calls this key something else',
    severity: 'error',
    when: '`dpo_beta`, `dpo_loss_type`, `dataset_mixer_list` or `num_train_epochs`, which were renamed in January 2026.',
    why: 'The defaults changed with the names: beta 5 with averaged log-probabilities in place of 0.1 with summed ones.',
    todo: 'Rename them, and write beta and loss down.',
    evidence: ['open-instruct #1357 and #1375.'],
  },
  {
    code: 'KEY008',
    title: 'axolotl refuses or drops this key',
    severity: 'error',
    when: '`dpo_norm_loss`, `dpo_use_logits_to_keep` or `dpo_generate_during_eval`, which axolotl refuses, or `dpo_beta`, which is old.',
    why: WHY,
    todo: TODO,
    evidence: ['axolotl 0.19, utils/schemas/deprecated.py.'],
  },
  {
    code: 'LOSS005',
    title: 'rpo_alpha became a loss of its own',
    severity: 'error',
    when: '`rpo_alpha` with TRL 0.29 or newer, or with axolotl on top of it.',
    why: 'The SFT term that held chosen responses likely would be missing, or the run would not start.',
    todo: 'Write `loss_type: [sigmoid, sft]` with `loss_weights: [1, alpha]`.',
    evidence: ['The warning of TRL 0.28 says so.'],
  },
];
