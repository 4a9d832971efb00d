import type { KeyChange } from '../table';
import { toNumber } from '../values';

/** Keys of transformers' TrainingArguments that went, and what to write instead. */

const went = (key: string, until: string, instead: string, fix?: KeyChange['fix']): KeyChange => ({
  code: 'KEY003',
  key,
  package: 'transformers',
  until,
  instead,
  ...(fix ? { fix } : {}),
});

const removed = (key: string, until: string, why: string): KeyChange =>
  went(key, until, why, { title: `Remove ${key}`, remove: true });

const renamed = (key: string, until: string, to: string): KeyChange =>
  went(key, until, `It is called ${to} now.`, { title: `Rename to ${to}`, rename: to });

export const TRANSFORMERS_CHANGES: readonly KeyChange[] = [
  renamed('evaluation_strategy', '4.46.0', 'eval_strategy'),
  {
    code: 'KEY003',
    key: 'eval_strategy',
    package: 'transformers',
    since: '4.41.0',
    instead: 'It was called evaluation_strategy before.',
    fix: { title: 'Rename to evaluation_strategy', rename: 'evaluation_strategy' },
  },
  // Deprecated from 5.0 on, and still taken by 5.14.
  went(
    'warmup_ratio',
    '5.15.0',
    'Write the same number as warmup_steps: below 1 it is a share of all steps.',
    (value) =>
      (toNumber(value) ?? 1) < 1
        ? { title: 'Rename to warmup_steps', rename: 'warmup_steps' }
        : { title: 'Remove warmup_ratio', remove: true },
  ),
  removed('overwrite_output_dir', '5.0.0', 'Remove it; to start again, name another output_dir.'),
  removed(
    'logging_dir',
    '5.15.0',
    'Remove it; the environment variable TENSORBOARD_LOGGING_DIR says where event files go.',
  ),
  removed('save_safetensors', '5.0.0', 'Remove it: checkpoints are always safetensors.'),
  went('group_by_length', '5.0.0', 'Write train_sampling_strategy: group_by_length.', (value) =>
    value === true || value === 'true' || value === 'True'
      ? {
          title: 'Write train_sampling_strategy: group_by_length',
          set: { train_sampling_strategy: 'group_by_length' },
        }
      : { title: 'Remove group_by_length', remove: true },
  ),
  renamed('no_cuda', '5.0.0', 'use_cpu'),
  renamed('push_to_hub_token', '5.0.0', 'hub_token'),
  renamed('push_to_hub_model_id', '5.0.0', 'hub_model_id'),
  renamed('include_tokens_per_second', '5.0.0', 'include_num_input_tokens_seen'),
  removed('push_to_hub_organization', '5.0.0', 'Remove it; hub_model_id names the organization too.'),
  removed('use_mps_device', '5.0.0', 'Remove it: the device is found without it.'),
  removed('past_index', '5.0.0', 'Remove it.'),
  removed('fp16_backend', '5.0.0', 'Remove it.'),
  removed('half_precision_backend', '5.0.0', 'Remove it.'),
  removed('fp16_opt_level', '5.0.0', 'Remove it.'),
  removed('tpu_metrics_debug', '5.0.0', 'Remove it.'),
  removed('tpu_num_cores', '5.0.0', 'Remove it.'),
  removed('ray_scope', '5.0.0', 'Remove it.'),
  removed('jit_mode_eval', '5.0.0', 'Remove it.'),
  removed('use_ipex', '5.0.0', 'Remove it.'),
  removed('include_inputs_for_metrics', '5.0.0', 'Remove it; include_for_metrics takes a list.'),
  removed('mp_parameters', '5.0.0', 'Remove it.'),
  removed('torchdynamo', '5.0.0', 'Remove it.'),
  went('adafactor', '5.0.0', 'Write optim: adafactor.', {
    title: 'Write optim: adafactor',
    set: { optim: 'adafactor' },
  }),
];

/** TrainingArguments of transformers 5.18. */
export const TRANSFORMERS_KEYS =
  'output_dir per_device_train_batch_size num_train_epochs max_steps learning_rate lr_scheduler_type lr_scheduler_kwargs warmup_steps optim optim_args weight_decay adam_beta1 adam_beta2 adam_epsilon optim_target_modules gradient_accumulation_steps average_tokens_across_devices max_grad_norm label_smoothing_factor bf16 fp16 bf16_full_eval fp16_full_eval tf32 gradient_checkpointing gradient_checkpointing_kwargs torch_compile torch_compile_backend torch_compile_mode use_liger_kernel liger_kernel_config use_cache neftune_noise_alpha torch_empty_cache_steps auto_find_batch_size logging_strategy logging_steps logging_first_step log_on_each_node logging_nan_inf_filter include_num_input_tokens_seen log_level log_level_replica disable_tqdm report_to run_name project trackio_space_id trackio_bucket_id trackio_static_space_id eval_strategy eval_steps eval_delay per_device_eval_batch_size prediction_loss_only eval_on_start eval_do_concat_batches eval_use_gather_object eval_accumulation_steps include_for_metrics batch_eval_metrics save_only_model save_strategy save_steps save_on_each_node save_total_limit enable_jit_checkpoint push_to_hub hub_token hub_private_repo hub_model_id hub_strategy hub_always_push hub_revision load_best_model_at_end metric_for_best_model greater_is_better ignore_data_skip restore_callback_states_from_checkpoint full_determinism seed data_seed use_cpu accelerator_config parallelism_config dataloader_drop_last dataloader_num_workers dataloader_pin_memory dataloader_persistent_workers dataloader_prefetch_factor dataloader_multiprocessing_context dataloader_in_order remove_unused_columns label_names train_sampling_strategy length_column_name ddp_find_unused_parameters ddp_bucket_cap_mb ddp_broadcast_buffers ddp_static_graph ddp_backend ddp_timeout fsdp fsdp_config deepspeed debug skip_memory_metrics do_train do_eval do_predict resume_from_checkpoint local_rank';
