/** Configs of other trainers as they are usually long, of our own making. */

export const HANDBOOK = `# Model arguments
model_name_or_path: org/zephyr-7b-sft
torch_dtype: bfloat16
attn_implementation: flash_attention_2

# Data training arguments
dataset_mixture:
  datasets:
    - id: org/ultrafeedback
      split: train_prefs
      columns: [chosen, rejected]
      weight: 1.0
  test_split_size: 2000
  seed: 0
dataset_num_proc: 12

# DPOTrainer arguments
bf16: true
beta: 0.01
loss_type: sigmoid
do_eval: true
eval_strategy: steps
eval_steps: 100
gradient_accumulation_steps: 2
gradient_checkpointing: true
gradient_checkpointing_kwargs:
  use_reentrant: false
learning_rate: 5.0e-7
log_level: info
logging_steps: 10
lr_scheduler_type: cosine
max_length: 1024
max_prompt_length: 512
num_train_epochs: 1
optim: adamw_torch
output_dir: data/zephyr-7b-dpo
per_device_train_batch_size: 8
per_device_eval_batch_size: 8
save_strategy: steps
save_steps: 100
save_total_limit: 1
seed: 42
warmup_ratio: 0.1
report_to: [tensorboard]
`;

/** 400 lines: setting up, and ten commands over variables and line continuations. */
export function shellScript(): string {
  const setUp = Array.from({ length: 200 }, (_, line) =>
    line % 3 === 0
      ? `# step ${line}`
      : line % 3 === 1
        ? `export NAME_${line}="value \${HOME}/${line}"`
        : `mkdir -p "out/$NAME_${line - 1}"`,
  );
  const commands = Array.from({ length: 10 }, (_, run) => [
    `MODEL=org/model-${run}`,
    'for lr in 5e-7 1e-6; do',
    'accelerate launch --num_processes 8 --config_file zero3.yaml \\',
    '  -m trl.scripts.dpo \\',
    '  --model_name_or_path $MODEL \\',
    '  --dataset_name org/pairs \\',
    `  --beta 0.0${run + 1} \\`,
    '  --learning_rate $lr \\',
    '  --loss_type sigmoid \\',
    '  --max_length 1024 \\',
    '  --per_device_train_batch_size 4 \\',
    '  --gradient_accumulation_steps 4 \\',
    '  --num_train_epochs 1 \\',
    '  --bf16 \\',
    '  --logging_steps 10 \\',
    '  --report_to wandb \\',
    `  --output_dir "out/run-${run}-$lr"`,
    'done',
    'echo done',
    '',
  ]);
  return `#!/bin/bash\n${[...setUp.slice(1), ...commands.flat()].join('\n')}\n`;
}

/** 1,000 lines: functions around one training. */
export function pythonFile(): string {
  const before = Array.from(
    { length: 120 },
    (_, at) =>
      `def step_${at}(rows, limit=${at}):\n    """Keeps what is short."""\n    kept = [row for row in rows if len(row["chosen"]) > limit]\n    for row in kept:\n        row["prompt"] = f"{row['prompt']} {at}"\n    return kept\n\n`,
  );
  return `import torch
from datasets import load_dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

${before.join('\n')}
model = AutoModelForCausalLM.from_pretrained("org/model-sft", torch_dtype=torch.bfloat16)
args = DPOConfig(
    output_dir="out",
    beta=0.05,
    loss_type="sigmoid",
    learning_rate=5e-7,
    per_device_train_batch_size=4,
    gradient_accumulation_steps=4,
)
trainer = DPOTrainer(model=model, args=args, train_dataset=load_dataset("org/pairs", split="train"))
trainer.train()
`;
}
