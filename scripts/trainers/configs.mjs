/**
 * @typedef {import('./environments.mjs').TrainerPackage & {
 *   file: string, config: string, beta: string, env?: Readonly<Record<string, string>>,
 * }} TriedTrainer
 * @property file name of its config
 * @property beta the key of beta
 */

const STEPS = 30;
const COMMON = `learning_rate: 1.0e-3
max_steps: ${STEPS}
gradient_accumulation_steps: 1
logging_steps: 1
save_steps: 500
seed: 7
`;

/** Trainers with the versions that were tried, each with a config that trains all weights of a tiny model. @type {readonly TriedTrainer[]} */
export const TRAINERS = [
  {
    name: 'llamafactory',
    version: '0.9.5',
    pins: [],
    without: /^torch(?:vision|audio)?\b/,
    stubs: { 'torchaudio.py': '"""A stub: this environment has no sound."""\n' },
    env: { DISABLE_VERSION_CHECK: '1' },
    file: 'llamafactory.yaml',
    beta: 'pref_beta',
    config: `model_name_or_path: model
stage: dpo
do_train: true
finetuning_type: full
pref_beta: 0.1
pref_loss: sigmoid
dataset: pairs
dataset_dir: data
template: chatml
cutoff_len: 128
preprocessing_num_workers: 1
dataloader_num_workers: 0
val_size: 0.1
eval_strategy: steps
eval_steps: ${STEPS / 2}
per_device_train_batch_size: 2
per_device_eval_batch_size: 2
report_to: none
output_dir: saves/dpo
${COMMON}`,
  },
  {
    name: 'ms-swift',
    version: '4.6.0',
    pins: ['transformers==5.6.0', 'trl==0.29.1'],
    without: /^(?:torch|oss2)\b/,
    file: 'swift.yaml',
    beta: 'beta',
    config: `rlhf_type: dpo
model: model
model_type: llama
template: chatml
dataset: data/swift.jsonl
split_dataset_ratio: 0.1
torch_dtype: float32
tuner_type: full
max_length: 128
beta: 0.1
eval_strategy: steps
eval_steps: ${STEPS / 2}
per_device_train_batch_size: 2
per_device_eval_batch_size: 2
dataset_num_proc: 1
dataloader_num_workers: 0
report_to: none
output_dir: out
${COMMON}`,
  },
  {
    name: 'axolotl',
    version: '0.18.0',
    pins: [],
    without: /^(?:torch(?!ao)|modal|xformers|fla-core|flash-linear|liger)/,
    env: { AXOLOTL_DO_NOT_TRACK: '1' },
    file: 'axolotl.yml',
    beta: 'rl_beta',
    config: `base_model: model
rl: dpo
rl_beta: 0.1
datasets:
  - path: data/axolotl.jsonl
    ds_type: json
    type: chatml.prompt_pairs
sequence_len: 128
micro_batch_size: 2
num_epochs: 1
optimizer: adamw_torch
lr_scheduler: cosine
bf16: false
fp16: false
tf32: false
dataset_num_proc: 1
output_dir: out
${COMMON}`,
  },
];
