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

\`dpo-lab train train.py -- ARGUMENTS\` runs a Python script in the same way, and in the editor Run with DPO Lab Watching does; beta is swept where the script takes it (\`dpo-lab sweep train.py --beta 0.1,0.03 --beta-as --beta\`, or \`--beta-as env:BETA\`).

\`npm run test:trainers\` trains a tiny model with each on a processor: 30 steps of all weights watched, another run stopped and resumed, a sweep over betas 0.05 and 0.4. On December 1, 2026, on 2 cores under Python 3.11:

| trainer | with | losses after the resume | sweep |
|---|---|---|---|
| TRL 1.13.0 (also in \`npm test\`, and with two processes over gloo by hand) | transformers 5.18.0, torch 2.13.0 | the same | the two betas, one reference pass |
| LLaMA-Factory 0.9.5 | transformers 5.6.0, trl 0.24.0, torch 2.13.0; \`DISABLE_VERSION_CHECK=1\` and a stub of torchaudio | the same | the two betas |
| ms-swift 4.6.0 | transformers 5.6.0, trl 0.29.1, torch 2.13.0 | the same | the two betas |
| axolotl 0.18.0 | transformers 5.14.1, trl 1.8.0, torch 2.13.0 | the same | the two betas |

alignment-handbook's own script, torchtune, open-instruct and NeMo-RL were not run: their commands follow their documentation.

- **The environment** is the one that has the trainer: the setting \`dpoLab.pythonPath\`, the one chosen in the Python extension, \`.venv\` or \`venv\` beside the config or above it as far as the workspace, the active one, the search path. No package is added to it.
- **From inside** means a callback of transformers' Trainer, added at the start of Python (\`PYTHONPATH\`; a user's own \`sitecustomize\` still runs). It writes metrics under our names with log-ratios, and at each evaluation how the end-of-sequence token and 8 generated texts drift from the reference: at the start, at the end, and at the trainer's evaluations, or at its checkpoints where it has none. \`python -I\` and \`-E\` keep it out; then the trainer's own logs are read.
- **Several processes** each look at their own whole copy of the weights. With FSDP and DeepSpeed ZeRO-3 no copy is whole, so texts and the end-of-sequence token are left out, and the run says so.
- **Stop** saves a checkpoint first, and resume continues from it to the same losses, also where the trainer's command ignores \`resume_from_checkpoint\`, as \`trl dpo\` does. Before the first step a stop ends the trainer at once.
- **The result** lies in the run's folder \`model\`, checkpoints in \`model/checkpoint-STEP\`, not in the file's \`output_dir\`.
- **Reference log-probabilities** are computed once for a sweep with \`trl dpo\` (TRL 0.29 and later); other trainers compute them in each arm, and a note says what that costs before the start.
- **The same seed is not the same adapter:** \`trl dpo\` makes its LoRA weights before it sets the seed, so two starts of one file differ a little.`;
