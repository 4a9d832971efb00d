/** Small configs of other trainers, our own making. */
export const SAMPLES = {
  trl: `model_name_or_path: org/model-sft
dataset_name: org/pairs
beta: 0.1
loss_type: sigmoid
max_length: 1024
learning_rate: 5.0e-7
output_dir: out/dpo
`,
  'alignment-handbook': `model_name_or_path: org/model-sft
dataset_mixture:
  datasets:
    - id: org/pairs
      split: train
beta: 0.05
output_dir: data/dpo
`,
  llamafactory: `model_name_or_path: org/model-sft
stage: dpo
finetuning_type: lora
pref_beta: 0.1
pref_loss: sigmoid
dataset: pairs
template: llama3
val_size: 0.05
`,
  axolotl: `base_model: org/model-sft
rl: dpo
rl_beta: 0.2
datasets:
  - path: org/pairs
adapter: lora
learning_rate: 5.0e-6
`,
  'open-instruct': `model_name_or_path: org/model-sft
mixer_list: org/pairs 1.0
loss_type: dpo_norm
beta: 5
`,
  torchtune: `checkpointer:
  checkpoint_dir: /models/policy
ref_checkpointer:
  checkpoint_dir: /models/reference
loss:
  _component_: torchtune.rlhf.loss.DPOLoss
  beta: 0.05
`,
  'nemo-rl': `dpo:
  reference_policy_kl_penalty: 0.05
  preference_average_log_probs: false
policy:
  model_name: org/model-sft
`,
  'nemo-aligner': `model:
  dpo:
    ref_policy_kl_penalty: 0.2
    preference_loss: dpo
`,
  'eric-mitchell': `name: dpo
beta: ???
reference_free: false
`,
  'ms-swift': `rlhf_type: dpo
model: org/model-sft
dataset: [org/pairs]
beta: 0.1
`,
  'align-anything': `train_cfgs:
  scale_coeff: 0.1
model_cfgs:
  model_name_or_path: org/model-sft
`,
  rl2: `actor:
  model_name: org/model-sft
  beta: 0.1
ref_actor:
  model_name: \${actor.model_name}
`,
  'trl-custom': `model:
  name: org/model-sft
dpo:
  beta: 0.5
training:
  learning_rate: 1.0e-6
`,
} as const;
