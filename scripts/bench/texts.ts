/** Configs to measure with: one as a researcher writes it, and one far longer than any. */

export const SMALL = `# Beta sweep around the paper's best value, Mistral 7B on UltraFeedback.
model:
  path: HuggingFaceH4/mistral-7b-sft-beta
  revision: main

reference:
  policy: same            # the frozen starting policy
  score: conditional
  logprobs: compute
  dtype: bf16

objective:
  loss: sigmoid
  beta: 0.01
  label_smoothing: 0

data:
  train:
    path: HuggingFaceH4/ultrafeedback_binarized
    split: train_prefs
  eval:
    path: HuggingFaceH4/ultrafeedback_binarized
    split: test_prefs
  max_length: 2048
  max_prompt_length: 1024
  truncation: keep_start
  chat_template: auto

training:
  method: full
  epochs: 3
  batch_size: 32
  micro_batch_size: 1
  learning_rate: 5.0e-7
  schedule: linear
  warmup: 0.1
  weight_decay: 0
  max_grad_norm: 1
  seed: 0
  precision: bf16
  log_every: 1
  eval_every: 200
  save_every: 500
  keep_checkpoints: 2

evaluation:
  probes:
    - Explain in two sentences why the sky is blue.
    - Write a short thank-you note to a neighbour.
    - "List three things to check before a long drive:"
    - What is the difference between weather and climate?
  max_new_tokens: 256
  temperature: 0

sweep:
  beta: [0.1, 0.05, 0.02, 0.01]
  seeds: [0, 1, 2]
  parallel: 1

backend:
  kind: torch
  torch:
    processes: 8
`;

/** About 2,000 lines: long lists of probes, betas and seeds, with comments between them. */
export function largeConfig(): string {
  const head = SMALL.slice(0, SMALL.indexOf('evaluation:'));
  const probes = Array.from(
    { length: 750 },
    (_, index) =>
      `    # Topic ${index}: keep the answer short.\n    - "Question ${index}: what should one know about topic ${index}?"`,
  );
  const betas = Array.from({ length: 200 }, (_, index) => `    - ${(0.011 + index * 0.0004).toFixed(4)}`);
  const seeds = Array.from({ length: 200 }, (_, index) => `    - ${index}`);
  return [
    `${head}evaluation:\n  probes:`,
    ...probes,
    '  max_new_tokens: 256',
    'sweep:\n  beta:',
    ...betas,
    '  seeds:',
    ...seeds,
    '',
  ].join('\n');
}
