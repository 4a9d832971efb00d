/** The part of docs/TRAINERS.md about starting other trainers. What was tried stands here with its versions. */
export const TRAINING_ELSEWHERE = `## Training

\`dpo-lab train FILE\` and \`dpo-lab sweep FILE --beta 0.1,0.03\` start the file's own trainer by its own command, as a job: it is watched, stopped, resumed, and shows in the list of runs and in panels like any other run. The file stays as it is; beta, seed and the output folder are written over it on the command line.

| trainer | started with | what is watched | sweep | resume |
|---|---|---|---|---|
| TRL | \`trl dpo --config FILE\` | from inside | \`--beta\`, \`--seed\` | yes |
| alignment-handbook | \`accelerate launch scripts/dpo.py --config FILE\`, in the folder above the config that has \`scripts/dpo.py\` | from inside | \`--beta\`, \`--seed\` | yes |
| LLaMA-Factory | \`llamafactory-cli train FILE\` | from inside | \`pref_beta=\`, \`seed=\` | yes |
| ms-swift | \`swift rlhf FILE\` | from inside | \`--beta\`, \`--seed\` | yes |
| axolotl | \`axolotl train FILE\` | from inside | \`--rl-beta\`, \`--seed\` | yes |
| torchtune, open-instruct, NeMo-RL | their command | their logs | by their override | no |

- **The environment** is the one that has the trainer: the setting \`dpoLab.pythonPath\`, the one chosen in the Python extension, \`.venv\` or \`venv\` beside the config or above it as far as the workspace, the active one, the search path. No package is added to it.
- **From inside** means a callback of transformers' Trainer, added at the start of Python (\`PYTHONPATH\`; a user's own \`sitecustomize\` still runs). It writes metrics under our names with log-ratios, and at each evaluation how the end-of-sequence token and 8 generated texts drift from the reference: at the start, at the end, and at the trainer's evaluations, or at its checkpoints where it has none. \`python -I\` and \`-E\` keep it out; then the trainer's own logs are read.
- **Several processes** each look at their own whole copy of the weights. With FSDP and DeepSpeed ZeRO-3 no copy is whole, so texts and the end-of-sequence token are left out, and the run says so.
- **Stop** saves a checkpoint first, and resume continues from it to the same losses, also where the trainer's command ignores \`resume_from_checkpoint\`, as \`trl dpo\` does. Before the first step a stop ends the trainer at once.
- **The result** lies in the run's folder \`model\`, checkpoints in \`model/checkpoint-STEP\`, not in the file's \`output_dir\`.
- **Reference log-probabilities** are computed once for a sweep with \`trl dpo\` (TRL 0.29 and later); other trainers compute them in each arm, and a note says what that costs before the start.
- **The same seed is not the same adapter:** \`trl dpo\` makes its LoRA weights before it sets the seed, so two starts of one file differ a little.`;
