import type { EffectiveReference, KeyChange, Reader, TrainerTable } from '../table';
import { asBoolean, asList, asText } from '../values';
import { frozenCopy, modelName, positive, row, TRANSFORMERS_ROWS, withoutAdapter } from './rows';
import { TRANSFORMERS_KEYS } from './transformers-changes';

const renamed = (key: string, to: string): KeyChange => ({
  code: 'KEY005',
  key,
  package: 'llamafactory',
  until: '0.8.0',
  instead: `It is called ${to} now.`,
  fix: { title: `Rename to ${to}`, rename: to },
});

const never = (key: string, code: string, instead: string): KeyChange => ({
  code,
  key,
  package: 'llamafactory',
  never: true,
  instead,
  fix: { title: `Remove ${key}`, remove: true },
});

/** Losses that compare no reference: LLaMA-Factory loads none for them. */
const WITHOUT_REFERENCE = ['orpo', 'simpo'];

/** Whether an adapter cannot be merged into the weights before a new one is put on top. */
function cannotMerge(file: Reader): boolean {
  const deepspeed = asText(file.value('deepspeed')) ?? '';
  return (
    file.has('quantization_bit') ||
    /z(ero)?_?3/i.test(deepspeed) ||
    asBoolean(file.value('use_unsloth')) === true ||
    asBoolean(file.value('use_kt')) === true
  );
}

function reference(file: Reader): EffectiveReference {
  const name = modelName(file, 'model_name_or_path', 'model');
  const loss = asText(file.value('pref_loss', 'dpo_loss'));
  if (loss !== undefined && WITHOUT_REFERENCE.includes(loss)) {
    return { policy: 'none', words: `none: the loss ${loss} compares no reference` };
  }
  if (file.has('ref_model')) {
    const model = asText(file.value('ref_model'));
    const adapters = asText(file.value('ref_model_adapters'));
    if (model === undefined) {
      return { policy: undefined, words: 'another model, which is named only when the script runs' };
    }
    const on = adapters === undefined ? '' : ` with the adapter ${adapters}`;
    return { policy: model, words: `the model ${model}${on}, which is given the policy's token ids` };
  }
  // The second generation trains all weights unless a section says otherwise.
  const usual = file.has('model') && !file.has('peft_config') ? 'full' : 'lora';
  const method = asText(file.value('finetuning_type')) ?? usual;
  if (method !== 'lora') return frozenCopy(name);
  if (!file.has('adapter_name_or_path')) return withoutAdapter(name);
  const adapter = asText(file.value('adapter_name_or_path')) ?? '';
  const merges = asBoolean(file.value('create_new_adapter')) === true && !cannotMerge(file);
  return merges
    ? {
        policy: 'same',
        words: `the starting policy${name} with the adapter ${adapter} merged in`.replace('  ', ' '),
      }
    : {
        policy: asText(file.value('model_name_or_path')),
        words: `the bare base model${name}, not your adapter${adapter ? ` ${adapter}` : ''}`,
      };
}

/** LLaMA-Factory, by YAML, by flags, and its second generation (`USE_V1=1`), whose keys for preferences are the same. */
export const LLAMAFACTORY: TrainerTable = {
  id: 'llamafactory',
  trainer: 'LLaMA-Factory',
  launch: 'llamafactory-cli train FILE',
  packages: { llamafactory: '0.9.5' },
  rows: {
    ...TRANSFORMERS_ROWS,
    'model.path': row(['model_name_or_path', 'model']),
    'model.revision': row('model_revision', 'main'),
    'model.adapter': {
      ...row('adapter_name_or_path'),
      read: (value) => (asList(value)?.length === 1 ? asList(value)?.[0] : value),
    },
    // Read, but not used: the loss decides.
    'reference.policy': {
      ...row('ref_model', 'same'),
      possible: (file) => reference(file).policy !== 'none',
    },
    'reference.adapter': row('ref_model_adapters'),
    'objective.beta': row(['pref_beta', 'dpo_beta', 'method.beta'], 0.1),
    'objective.loss': {
      ...row(['pref_loss', 'dpo_loss', 'method.loss_type'], 'sigmoid'),
      others: ['kto_pair', 'orpo', 'simpo'],
    },
    'objective.label_smoothing': row('dpo_label_smoothing', 0),
    'objective.sft_weight': row(['pref_ftx', 'dpo_ftx'], 0),
    'data.train.path': row(['dataset', 'train_dataset']),
    'data.eval.path': row('eval_dataset'),
    'data.eval_fraction': {
      ...row('val_size', 0),
      // Above 1 it is a number of pairs.
      read: (value) => (Number(value) < 1 ? value : undefined),
    },
    'data.max_length': row('cutoff_len', 2048),
    'data.chat_template': row('template'),
    'data.limit': row('max_samples'),
    'training.method': {
      ...row('finetuning_type', 'lora'),
      read: (value) => (value === 'lora' || value === 'full' ? value : undefined),
    },
    'training.lora.rank': row('lora_rank', 8),
    'training.lora.alpha': positive('lora_alpha'),
    'training.lora.targets': {
      ...row('lora_target'),
      read: (value) => (value === 'all' ? undefined : value),
      // One text with commas: its parser takes no list.
      write: (value) => (Array.isArray(value) ? value.join(',') : undefined),
    },
    'training.lora.quantize': {
      ...row('quantization_bit', 'none'),
      read: (value) => (String(value) === '4' ? 'nf4' : undefined),
      write: (value) => (value === 'nf4' ? 4 : undefined),
    },
    'backend.torch.accelerate_config': row('deepspeed'),
  },
  known: `${TRANSFORMERS_KEYS} freeze_trainable_layers freeze_trainable_modules freeze_extra_modules additional_target lora_alpha lora_dropout lora_rank lora_target loraplus_lr_ratio loraplus_lr_embedding use_rslora use_dora pissa_init pissa_iter pissa_convert create_new_adapter module_dropout oft_rank oft_block_size oft_target pref_bco_weight dpo_label_smoothing kto_chosen_weight kto_rejected_weight simpo_gamma ppo_buffer_size ppo_epochs ppo_score_norm ppo_target ppo_whiten_rewards ref_model ref_model_adapters ref_model_quantization_bit reward_model reward_model_adapters reward_model_quantization_bit reward_model_type ld_alpha use_galore galore_target galore_rank galore_update_interval galore_scale galore_proj_type galore_layerwise use_apollo apollo_target apollo_rank apollo_update_interval apollo_scale apollo_proj apollo_proj_type apollo_scale_type apollo_layerwise apollo_scale_front use_badam badam_mode badam_start_block badam_switch_mode badam_switch_interval badam_update_ratio badam_mask_mode badam_verbose use_swanlab swanlab_project swanlab_workspace swanlab_run_name swanlab_mode swanlab_api_key swanlab_logdir swanlab_lark_webhook_url swanlab_lark_secret pure_bf16 stage finetuning_type use_llama_pro use_adam_mini use_mca use_hyper_parallel hyper_parallel_args use_muon use_dft_loss use_asft_loss asft_alpha use_eaft_loss eaft_alpha freeze_vision_tower freeze_multi_modal_projector freeze_language_model train_mm_proj_only compute_accuracy disable_shuffling early_stopping_steps plot_loss include_effective_tokens_per_second adapter_folder cache_dir use_fast_tokenizer resize_vocab split_special_tokens add_tokens add_special_tokens new_special_tokens new_special_tokens_config init_special_tokens low_cpu_mem_usage rope_scaling flash_attn shift_attn mixture_of_depths use_unsloth use_unsloth_gc enable_liger_kernel moe_aux_loss_coef disable_gradient_checkpointing use_reentrant_gc upcast_layernorm upcast_lmhead_output train_from_scratch infer_backend offload_folder use_kv_cache use_cache use_v1_kernels infer_dtype hf_hub_token ms_hub_token om_hub_token print_param_status trust_remote_code quantization_method quantization_type double_quantization quantization_device_map image_max_pixels image_min_pixels image_max_pixels image_do_pan_and_scan crop_to_patches video_max_pixels video_min_pixels video_fps video_maxlen use_audio_in_video audio_sampling_rate export_dir export_size export_device export_quantization_bit export_quantization_dataset export_quantization_nsamples export_quantization_maxlen export_legacy_format export_hub_model_id vllm_maxlen vllm_gpu_util vllm_enforce_eager vllm_max_lora_rank vllm_config sglang_maxlen sglang_mem_fraction sglang_tp_size sglang_config sglang_lora_backend use_kt kt_weight_path kt_expert_checkpoint_path kt_use_lora_experts kt_lora_expert_num kt_lora_expert_intermediate_size compute_dtype device_map model_max_length block_diag_attn template dataset eval_dataset dataset_dir media_dir train_on_prompt mask_history streaming buffer_size mix_strategy interleave_probs overwrite_cache preprocessing_batch_size preprocessing_num_workers max_samples eval_num_beams ignore_pad_token_for_loss val_size eval_on_each_dataset packing neat_packing tool_format default_system enable_thinking preserve_thinking tokenized_path data_shared_file_system ray_num_workers ray_run_name ray_storage_path ray_init_kwargs master_addr master_port placement_strategy resources_per_worker enable_torch_profiler profiler_output_dir profiler_wait_steps profiler_warmup_steps profiler_active_steps profiler_repeat profiler_record_shapes profiler_profile_memory profiler_with_stack profile_modules fp8 fp8_backend fp8_enable_fsdp_float8_all_gather overwrite_output_dir do_sample temperature top_p top_k num_beams max_length max_new_tokens repetition_penalty length_penalty skip_special_tokens predict_with_generate warmup_ratio evaluation_strategy logging_dir group_by_length save_safetensors include_tokens_per_second include_num_input_tokens_seen no_cuda dist_config kernel_config quant_config peft_config model_class train_dataset USE_V1 tokenizer_name_or_path reserved_label_len cutoff_len`,
  // Files of scripts that wrap it have sections.
  isPlain: (file) => file.has('model_name_or_path', 'model', 'dataset', 'template', 'finetuning_type'),
  unknownKeys: 'rejected',
  changes: [
    renamed('dpo_beta', 'pref_beta'),
    renamed('dpo_loss', 'pref_loss'),
    renamed('dpo_ftx', 'pref_ftx'),
    renamed('orpo_beta', 'pref_beta'),
    {
      code: 'KEY003',
      key: 'evaluation_strategy',
      package: 'llamafactory',
      until: '0.9.0',
      instead: 'It is called eval_strategy now.',
      fix: { title: 'Rename to eval_strategy', rename: 'eval_strategy' },
    },
    never(
      'precompute_ref_log_probs',
      'REF003',
      'LLaMA-Factory computes the reference at each step. Remove it.',
    ),
    never('reference_free', 'REF003', 'pref_loss simpo or orpo trains without a reference. Remove it.'),
    never('sync_ref_model', 'REF003', 'The reference never changes here. Remove it.'),
    never('ref_model_name_or_path', 'REF003', 'The reference model is called ref_model here. Remove it.'),
    never('beta', 'KEY005', 'Beta is called pref_beta here.'),
  ],
  losses: ['sigmoid', 'hinge', 'ipo'],
  smoothedLosses: () => ['sigmoid'],
  logs: ['stdout', 'trainer_log.jsonl', 'trainer_state.json'],
  reference,
};
