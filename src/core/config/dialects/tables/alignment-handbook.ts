import type { KeyChange, TrainerTable } from '../table';
import { asText } from '../values';
import { isAtLeast } from '../versions';
import { row } from './rows';
import { PACKAGES, TRL, TRL_ROWS } from './trl';

const went = (key: string, instead: string, fix?: KeyChange['fix']): KeyChange => ({
  code: 'KEY002',
  key,
  package: 'alignment-handbook',
  until: '0.4.0',
  instead,
  ...(fix ? { fix } : {}),
});

/** TRL's keys with a mixture of data sets; scripts/dpo.py stops at a key that it does not know. */
export const ALIGNMENT_HANDBOOK: TrainerTable = {
  ...TRL,
  id: 'alignment-handbook',
  launch:
    'accelerate launch --config_file recipes/accelerate_configs/zero3.yaml scripts/dpo.py --config FILE',
  packages: { ...PACKAGES, 'alignment-handbook': '0.4.0' },
  // From 0.4.0 on it wants TRL 0.19.1 or newer.
  impliedVersions: ({ trl }) =>
    trl === undefined || isAtLeast(trl, '0.19.0') ? {} : { 'alignment-handbook': '0.2.0' },
  rows: {
    ...TRL_ROWS,
    'data.train.path': {
      ...row(['dataset_name', 'dataset_mixture.datasets', 'dataset_mixer']),
      read: (value, key) => {
        if (key === 'dataset_mixer' && value !== null && typeof value === 'object')
          return Object.keys(value)[0];
        const [first] = Array.isArray(value) ? value : [value];
        if (first === null || typeof first !== 'object') return first;
        return Array.isArray(first) ? undefined : (asText(first.id) ?? asText(first.path));
      },
    },
    'data.eval_fraction': {
      ...row('dataset_mixture.test_split_size', 0),
      possible: (file) => file.has('dataset_mixture'),
    },
    'data.chat_template': row('chat_template', 'auto'),
  },
  known: `${TRL.known} dataset_mixture dataset_mixer dataset_splits dataset_configs chat_template hub_model_revision use_flash_attention_2 preprocessing_num_workers auto_insert_empty_system_msg tokenizer_name_or_path use_bnb_4bit_quant_storage base_model_revision wandb_project wandb_entity wandb_run_group wandb_log_unique_prompts callbacks benchmarks system_prompt do_train do_eval`,
  changes: [
    ...TRL.changes,
    went('dataset_mixer', 'Write dataset_mixture with a list of datasets: id, split, weight.'),
    went('dataset_splits', 'Write the split of each data set in dataset_mixture.', {
      title: 'Remove dataset_splits',
      remove: true,
    }),
    went('use_flash_attention_2', 'Write attn_implementation: flash_attention_2.', (value) =>
      value === true
        ? {
            title: 'Write attn_implementation: flash_attention_2',
            set: { attn_implementation: 'flash_attention_2' },
          }
        : { title: 'Remove use_flash_attention_2', remove: true },
    ),
    went('hub_model_revision', 'It is called hub_revision now.', {
      title: 'Rename to hub_revision',
      rename: 'hub_revision',
    }),
    went('preprocessing_num_workers', 'It is called dataset_num_proc now.', {
      title: 'Rename to dataset_num_proc',
      rename: 'dataset_num_proc',
    }),
  ],
  logs: ['stdout', 'trainer_state.json', 'checkpoint-*/trainer_state.json'],
};
