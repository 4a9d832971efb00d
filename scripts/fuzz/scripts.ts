/** A script, a program and a notebook that train, our own making: what changed ones are made of. */

export const SCRIPT = `#!/bin/bash
MODEL=\${1:-org/model-sft}
export BETA="0.1"
for SEED in 1 2; do
  accelerate launch --num_processes $((2 * 4)) -m trl.scripts.dpo \\
    --model_name_or_path "$MODEL" --beta "\${BETA}" --seed $SEED \\
    --output_dir "out/\${MODEL##*/}-$SEED" $(cat extra.txt) <<< "none"
done
if [ -n "$2" ]; then
  llamafactory-cli train --stage dpo --pref_beta 0.2 --model_name_or_path $MODEL
fi
`;

export const PYTHON = `from trl import DPOConfig, DPOTrainer

BETA = 0.1
NAME = f"org/{'model'}-sft"
args = DPOConfig(
    output_dir="out",
    beta=BETA,
    loss_type=["sigmoid", "sft"],
    learning_rate=5e-7,
    **extra,
)
trainer = DPOTrainer(model=NAME, args=args, train_dataset=data)
trainer.train()
`;

export const NOTEBOOK = JSON.stringify({
  cells: [
    { cell_type: 'markdown', source: ['# DPO'] },
    { cell_type: 'code', source: PYTHON.split(/(?<=\n)/), outputs: [] },
  ],
  nbformat: 4,
});
