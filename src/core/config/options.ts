import { type Option, option, type Section } from './option-types';

/** Everything a config may say. This table generates the schema, hovers, completion, templates and docs/CONFIG.md. */

export const SECTIONS = [
  { path: 'model', why: 'The starting policy: the model that training changes.', shorthand: 'path' },
  {
    path: 'reference',
    why: 'The policy that training is held close to, and how its log-probabilities are obtained.',
  },
  { path: 'objective', why: 'The loss, and beta, the strength of the pull towards the reference.' },
  { path: 'data', why: 'Preference pairs: a prompt, a chosen and a rejected response.' },
  { path: 'data.train', why: 'Pairs to train on: a file, a glob, or a hub dataset.', shorthand: 'path' },
  {
    path: 'data.eval',
    why: 'Held-out pairs: a file, a glob, or a hub dataset.',
    shorthand: 'path',
    optional: true,
  },
  {
    path: 'data.columns',
    why: 'Names of the columns, where the data has others than prompt, chosen and rejected.',
  },
  { path: 'training', why: 'The optimizer, its steps, and what is trained.' },
  { path: 'training.lora', why: 'The low-rank adapter that `method: lora` trains.' },
  { path: 'evaluation', why: 'Texts generated during training, to see what loss and accuracy do not show.' },
  {
    path: 'evaluation.judge',
    why: "Who compares the policy's texts with the reference's.",
    shorthand: 'kind',
  },
  {
    path: 'sweep',
    why: 'Several runs of this file, one per beta and seed, over one table of reference log-probabilities.',
  },
  { path: 'backend', why: 'The program and device that train.' },
  { path: 'backend.torch', why: 'How the torch trainer is started.' },
] as const satisfies readonly Section[];

const dtype = {
  kind: 'choice',
  values: {
    auto: "As the model's files say.",
    fp32: 'Four bytes a number: exact and slow.',
    bf16: 'Two bytes a number with the range of fp32.',
    fp16: 'Two bytes a number with a small range: log-probabilities of long responses can overflow.',
  },
} as const;

export const OPTIONS = {
  'model.path': option({
    type: { kind: 'string' },
    required: true,
    why: 'Hub id or folder of the starting policy. Start from a model that was already fine-tuned on instructions (SFT).',
    examples: ['HuggingFaceTB/SmolLM2-135M-Instruct'],
    alsoKnownAs: ['model_name_or_path', 'base_model', 'model_name', 'pretrain', 'policy'],
  }),
  'model.revision': option({
    type: { kind: 'string' },
    why: 'Branch, tag or commit of a hub model. A commit makes the experiment repeatable.',
    examples: ['main'],
    alsoKnownAs: ['model_revision'],
  }),
  'model.adapter': option({
    type: { kind: 'string' },
    why: 'A LoRA adapter (PEFT) that belongs to the starting policy. It is part of the reference too when `reference.policy` is `same`.',
    alsoKnownAs: ['adapter_name_or_path', 'lora_model_dir', 'model_adapter_name'],
  }),

  'reference.policy': option({
    type: {
      kind: 'string',
      suggestions: {
        same: 'The starting policy, frozen: standard DPO.',
        none: "No reference: the reward is beta times the policy's own log-probability.",
      },
    },
    default: 'same',
    why: 'The policy that training is held close to: `same`, `none`, or the hub id or folder of another model. A stronger reference helps only when it is compatible with the policy.',
    alsoKnownAs: [
      'ref_model',
      'ref_model_name_or_path',
      'ref_pretrain',
      'ref_model_path',
      'reference_model',
      'ref_policy',
    ],
  }),
  'reference.score': option({
    type: {
      kind: 'choice',
      values: {
        conditional: 'The response is scored after its prompt: log p(y given x).',
        prior: "The response is scored without its prompt: log p(y). The paper's likelihood reward.",
      },
    },
    default: 'conditional',
    why: 'What the reference scores. `conditional` is DPO; `prior` turns the reward into a likelihood p(x given y).',
  }),
  'reference.logprobs': option({
    type: {
      kind: 'choice',
      values: {
        compute: 'Computed once by the reference model and kept for every run with the same key.',
        columns:
          'Read from the data: chosen_logprob and rejected_logprob, or ref_chosen_logps and ref_rejected_logps.',
      },
    },
    default: 'compute',
    why: 'Where the reference log-probabilities come from: one sum per response, in nats.',
  }),
  'reference.revision': option({
    type: { kind: 'string' },
    why: 'Branch, tag or commit of a hub model that serves as the reference.',
    alsoKnownAs: ['ref_model_revision'],
  }),
  'reference.adapter': option({
    type: { kind: 'string' },
    why: 'A LoRA adapter (PEFT) on top of the reference model.',
    alsoKnownAs: ['ref_model_adapters', 'ref_adapters', 'ref_adapter_name'],
  }),
  'reference.dtype': option({
    type: dtype,
    default: 'auto',
    why: "Number format the reference is loaded in. Another one than the policy's shifts every reward a little at step 0.",
  }),

  'objective.loss': option({
    type: {
      kind: 'choice',
      values: {
        sigmoid: 'DPO: -log sigmoid of the reward margin.',
        hinge: 'max(0, 1 - margin): stops pushing pairs that are already apart.',
        ipo: 'Squared distance of the log-ratio margin from 1/(2 beta): bounded even for certain preferences.',
        robust: 'DPO corrected for a known share of flipped labels (`label_smoothing`).',
        exo_pair: 'Reverse-KL matching of the preference (torch only; needs `label_smoothing` above 0).',
        nca_pair: 'Noise-contrastive alignment: raises the chosen likelihood itself (torch only).',
        bco_pair: 'Binary classifier of chosen against rejected (torch only).',
        sppo_hard: 'Self-play towards a fixed win rate (torch only).',
        aot: 'Distributional alignment over paired batches (torch only).',
        aot_unpaired: 'Distributional alignment over unpaired batches (torch only).',
        apo_zero: 'Anchored: raises chosen, lowers rejected (torch only).',
        apo_down: 'Anchored: lowers both, rejected more (torch only).',
        discopop: 'A loss found by search, log-ratio modulated (torch only).',
      },
    },
    default: 'sigmoid',
    why: 'What is minimised over the reward margin of a pair.',
    alsoKnownAs: ['loss_type', 'pref_loss', 'dpo_loss', 'dpo_loss_type', 'preference_loss'],
    checkedBy: 'LOSS001',
  }),
  'objective.beta': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    default: 0.1,
    why: 'Strength of the constraint to the reference: the first thing to tune. Lower means a weaker pull and larger moves. The best value in the paper is 5 to 10 times smaller than this default, and half a step lower the model degenerates.',
    examples: [0.1, 0.05, 0.02, 0.01],
    alsoKnownAs: [
      'pref_beta',
      'dpo_beta',
      'rl_beta',
      'ref_policy_kl_penalty',
      'reference_policy_kl_penalty',
      'kl_coef',
      'scale_coeff',
    ],
    checkedBy: 'BETA002',
  }),
  'objective.label_smoothing': option({
    type: { kind: 'number', minimum: 0, exclusiveMaximum: 0.5 },
    default: 0,
    unit: 'share of labels',
    why: 'Assumed share of preference labels that are the wrong way round.',
    alsoKnownAs: ['dpo_label_smoothing'],
  }),
  'objective.length_normalized': option({
    type: { kind: 'boolean' },
    default: false,
    why: 'Divide log-probabilities by the response length. Beta then means something else: useful values are 2 to 10.',
    alsoKnownAs: ['preference_average_log_probs', 'average_log_prob'],
  }),
  'objective.sft_weight': option({
    type: { kind: 'number', minimum: 0 },
    default: 0,
    why: 'Weight of an added SFT term on the chosen response, in nats per token. It keeps chosen responses likely.',
    alsoKnownAs: ['rpo_alpha', 'pref_ftx', 'dpo_ftx', 'sft_loss_weight', 'nll_loss_coef'],
  }),

  'data.train.path': option({
    type: { kind: 'string' },
    required: true,
    why: 'File, glob or hub dataset with the pairs to train on: JSONL, JSON, parquet or Arrow. Rows hold a prompt with a chosen and a rejected response, in one of the layouts of docs/DATA.md.',
    examples: ['data/train.jsonl', 'data/*.parquet', 'HuggingFaceH4/ultrafeedback_binarized'],
    alsoKnownAs: [
      'dataset_name',
      'dataset',
      'datasets',
      'dataset_mixer',
      'dataset_mixture',
      'train_file',
      'train_dataset',
      'mixer_list',
    ],
  }),
  'data.train.split': option({
    type: { kind: 'string' },
    default: 'train',
    why: 'Split of a hub dataset to train on.',
    examples: ['train', 'train_prefs'],
    alsoKnownAs: ['dataset_train_split'],
  }),
  'data.train.config': option({
    type: { kind: 'string' },
    why: 'Configuration (subset) of a hub dataset.',
    alsoKnownAs: ['dataset_config'],
  }),
  'data.eval.path': option({
    type: { kind: 'string' },
    required: true,
    why: 'File, glob or hub dataset with held-out pairs. Without it, `eval_fraction` splits pairs off the training data.',
    examples: ['data/test.jsonl'],
    alsoKnownAs: ['eval_dataset', 'validation_file', 'eval_file'],
  }),
  'data.eval.split': option({
    type: { kind: 'string' },
    default: 'test',
    why: 'Split of a hub dataset to evaluate on.',
    examples: ['test', 'test_prefs'],
    alsoKnownAs: ['dataset_test_split'],
  }),
  'data.eval.config': option({ type: { kind: 'string' }, why: 'Configuration (subset) of a hub dataset.' }),
  'data.eval_fraction': option({
    type: { kind: 'number', minimum: 0, exclusiveMaximum: 1 },
    default: 0,
    unit: 'share of pairs',
    why: 'Share of the training pairs held out for evaluation, chosen by `training.seed`.',
    alsoKnownAs: ['val_size', 'test_split_size', 'val_set_size'],
  }),
  'data.max_length': option({
    type: { kind: 'number', integer: true, minimum: 8 },
    default: 1024,
    unit: 'tokens',
    why: 'Longest prompt plus response. What is longer is cut as `truncation` says, and a cut response has lost its end-of-sequence token.',
    alsoKnownAs: [
      'cutoff_len',
      'max_seq_length',
      'sequence_len',
      'max_len',
      'max_seq_len',
      'max_total_sequence_length',
    ],
  }),
  'data.max_prompt_length': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    unit: 'tokens',
    why: 'Longest prompt; a longer one loses its beginning. Not set: only `max_length` counts. It must leave room for the response within that.',
    alsoKnownAs: ['max_prompt_len'],
  }),
  'data.truncation': option({
    type: {
      kind: 'choice',
      values: { keep_start: 'Cut the end of the response.', keep_end: 'Cut the beginning of the prompt.' },
    },
    default: 'keep_start',
    why: 'What is kept of a pair that is longer than `max_length`.',
    alsoKnownAs: ['truncation_mode'],
  }),
  'data.chat_template': option({
    type: {
      kind: 'string',
      suggestions: {
        auto: "The template that comes with the model's tokenizer.",
        none: 'No template: prompt and response are joined as they are.',
      },
    },
    default: 'auto',
    why: 'How messages become text: `auto`, `none`, or a Jinja file. It must be the one the policy was fine-tuned with.',
    alsoKnownAs: ['template', 'prompt_template'],
  }),
  'data.date': option({
    type: {
      kind: 'string',
      pattern: {
        expression: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
        meaning: 'a day such as 2026-12-01',
      },
    },
    why: 'The day that a chat template writes where it writes the date. Not set: the day on which the run was made, also when it is resumed.',
    examples: ['2026-12-01'],
  }),
  'data.limit': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    unit: 'pairs',
    why: 'Use only the first so many pairs: for a quick trial.',
    alsoKnownAs: ['max_samples', 'max_train_samples'],
  }),
  'data.ranked': option({
    type: {
      kind: 'choice',
      values: {
        refuse: 'Stop with an error: a list of answers can become pairs in several ways.',
        best_worst:
          'Compare the best answer of a row with the worst, by scores, ranks, or the order of the list.',
      },
    },
    default: 'refuse',
    why: 'What a row with a ranked list of more than two answers becomes.',
  }),
  'data.empty_prompts': option({
    type: { kind: 'boolean' },
    default: false,
    why: 'Also train on responses without a prompt. Else rows with an empty prompt are left out, and rows in which no prompt is found are an error.',
  }),

  'data.columns.prompt': option({
    type: { kind: 'string' },
    default: 'prompt',
    why: 'Column with the prompt. Where it is absent, other usual names are tried (docs/DATA.md lists them); else chosen and rejected have to be transcripts that begin with it.',
    alsoKnownAs: ['prompt_column', 'prompt_key'],
  }),
  'data.columns.chosen': option({
    type: { kind: 'string' },
    default: 'chosen',
    why: 'Column with the preferred response.',
    alsoKnownAs: ['chosen_column', 'chosen_key'],
  }),
  'data.columns.rejected': option({
    type: { kind: 'string' },
    default: 'rejected',
    why: 'Column with the other response.',
    alsoKnownAs: ['rejected_column', 'rejected_key'],
  }),
  'data.columns.chosen_logprob': option({
    type: { kind: 'string' },
    why: 'Column with the reference log-probability of the chosen response, for `reference.logprobs: columns`. Not set: chosen_logprob or ref_chosen_logps, whichever is there.',
  }),
  'data.columns.rejected_logprob': option({
    type: { kind: 'string' },
    why: 'Column with the reference log-probability of the rejected response. Not set: rejected_logprob or ref_rejected_logps, whichever is there.',
  }),

  'training.method': option({
    type: {
      kind: 'choice',
      values: {
        lora: 'Train a small adapter; the base weights serve as the reference without a second copy.',
        full: 'Train all weights: about 16 bytes a parameter, plus the reference pass.',
      },
    },
    default: 'lora',
    why: 'What is trained.',
    alsoKnownAs: ['finetuning_type', 'use_peft', 'use_lora', 'tuner_type'],
  }),
  'training.lora.rank': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 16,
    why: 'Rank of the adapter matrices. Memory and capacity grow with it.',
    alsoKnownAs: ['lora_r', 'lora_rank', 'r'],
  }),
  'training.lora.alpha': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    default: 32,
    why: "The adapter's output is scaled by alpha / rank.",
    alsoKnownAs: ['lora_alpha'],
  }),
  'training.lora.targets': option({
    type: {
      kind: 'list',
      minItems: 1,
      items: {
        kind: 'string',
        suggestions: {
          q_proj: 'Attention queries.',
          k_proj: 'Attention keys.',
          v_proj: 'Attention values.',
          o_proj: 'Attention output.',
          gate_proj: 'Feed-forward gate.',
          up_proj: 'Feed-forward input.',
          down_proj: 'Feed-forward output.',
        },
      },
    },
    default: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    why: 'Linear layers that get an adapter.',
    alsoKnownAs: ['lora_target_modules', 'lora_target', 'target_modules'],
  }),
  'training.lora.quantize': option({
    type: {
      kind: 'choice',
      values: {
        none: 'As `training.precision` says.',
        nf4: 'Four bits a number: QLoRA (torch only; an NVIDIA GPU and bitsandbytes).',
      },
    },
    default: 'none',
    why: 'How the frozen weights below the adapter are kept. The reference `same` is then these rounded weights, too.',
    alsoKnownAs: ['load_in_4bit', 'use_qlora'],
  }),
  'training.epochs': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    default: 1,
    unit: 'passes over the pairs',
    why: 'How often each pair is seen. Give either this or `steps`.',
    alsoKnownAs: ['num_train_epochs', 'num_epochs', 'max_epochs', 'n_epochs'],
  }),
  'training.steps': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    unit: 'optimizer steps',
    why: 'Number of optimizer steps. Give either this or `epochs`.',
    alsoKnownAs: ['max_steps'],
  }),
  'training.batch_size': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 32,
    unit: 'pairs per optimizer step, over all devices',
    why: 'Pairs whose gradients are averaged before a step. Small batches make the margin noisy.',
    alsoKnownAs: ['train_batch_size', 'global_batch_size', 'train_global_batch_size'],
  }),
  'training.micro_batch_size': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 1,
    unit: 'pairs at once on one device',
    why: 'Pairs that are in memory together. It changes memory and speed, not the result.',
    alsoKnownAs: [
      'per_device_train_batch_size',
      'micro_train_batch_size',
      'train_micro_batch_size',
      'micro_batch_size',
    ],
  }),
  'training.learning_rate': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    default: { by: 'training.method', values: { lora: 5e-6, full: 5e-7 } },
    why: 'Peak learning rate of AdamW. DPO wants far less than SFT.',
    examples: [5e-7, 1e-6, 5e-6],
    alsoKnownAs: ['lr'],
  }),
  'training.schedule': option({
    type: {
      kind: 'choice',
      values: {
        linear: 'Falls in a line to 0.',
        cosine: 'Falls along a half cosine to 0.',
        constant: 'Stays at its peak.',
      },
    },
    default: 'linear',
    why: 'How the learning rate changes after the warm-up.',
    alsoKnownAs: ['lr_scheduler_type', 'lr_scheduler'],
  }),
  'training.warmup': option({
    type: { kind: 'number', minimum: 0 },
    default: 0.1,
    unit: 'share of all steps when below 1, else steps',
    why: 'Steps over which the learning rate rises from 0.',
    alsoKnownAs: ['warmup_ratio', 'warmup_steps', 'lr_warmup_ratio'],
  }),
  'training.weight_decay': option({
    type: { kind: 'number', minimum: 0 },
    default: 0,
    why: 'Decoupled weight decay of AdamW.',
  }),
  'training.max_grad_norm': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    default: 1,
    why: 'Gradients longer than this are scaled down to it.',
    alsoKnownAs: ['gradient_clipping', 'clip_grad'],
  }),
  'training.seed': option({
    type: { kind: 'number', integer: true, minimum: 0, maximum: 4294967295 },
    default: 0,
    why: "Decides the order of pairs, the adapter's start and the held-out split.",
  }),
  'training.precision': option({
    type: dtype,
    default: 'auto',
    why: 'Number format of the computation: `auto` takes bf16 where the device has it, else fp32.',
    alsoKnownAs: ['dtype', 'torch_dtype', 'bf16', 'fp16', 'mixed_precision'],
  }),
  'training.log_every': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 1,
    unit: 'steps',
    why: 'How often metrics are written. Step 1 matters most: its loss is ln 2 when the reference is the starting policy.',
    alsoKnownAs: ['logging_steps'],
  }),
  'training.eval_every': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 50,
    unit: 'steps',
    why: 'How often held-out pairs are scored and probes generated.',
    alsoKnownAs: ['eval_steps', 'val_period'],
  }),
  'training.save_every': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 100,
    unit: 'steps',
    why: 'How often a checkpoint is written from which the run can resume.',
    alsoKnownAs: ['save_steps', 'checkpointing_steps', 'save_period'],
  }),
  'training.keep_checkpoints': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 2,
    unit: 'checkpoints',
    why: 'The newest so many checkpoints are kept.',
    alsoKnownAs: ['save_total_limit', 'keep_last_n_checkpoints'],
  }),

  'evaluation.probes': option({
    type: { kind: 'list', items: { kind: 'string' } },
    default: [],
    why: 'Prompts answered by policy and reference at each evaluation. Length and ending of these texts show degeneration that loss and accuracy hide.',
    alsoKnownAs: ['sample_prompts'],
  }),
  'evaluation.samples': option({
    type: { kind: 'number', integer: true, minimum: 1, maximum: 1000 },
    default: 1,
    unit: 'answers a probe',
    why: 'Answers that policy and reference give to each probe. Most of the noise of a win rate is the sampling of answers: with 90 probes its standard error is about 5 points from one answer each, and below 2 from seven. At temperature 0 all answers are alike.',
  }),
  'evaluation.max_new_tokens': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 256,
    unit: 'tokens',
    why: 'Longest generated text; one that reaches it did not end by itself.',
  }),
  'evaluation.temperature': option({
    type: { kind: 'number', minimum: 0 },
    default: 0,
    why: 'Sampling temperature of probes; 0 always takes the likeliest token.',
  }),
  'evaluation.judge.kind': option({
    type: {
      kind: 'choice',
      values: {
        none: 'No judge: held-out accuracy, length and ending are reported.',
        rules: 'A file of checks on the text.',
        reward_model: 'An ONNX reward model scores both texts.',
        endpoint: 'A model behind an OpenAI-compatible endpoint compares both texts.',
      },
    },
    default: 'none',
    why: 'Who decides which of two generated texts is better.',
  }),
  'evaluation.judge.path': option({
    type: { kind: 'string' },
    why: 'File of checks (`rules`) or folder of the reward model (`reward_model`).',
  }),
  'evaluation.judge.server': option({
    type: {
      kind: 'choice',
      values: {
        other: 'Any OpenAI-compatible endpoint; its address stands under `url`.',
        vllm: 'vLLM at http://localhost:8000/v1, unless `url` says another address.',
        'llama.cpp': 'llama-server at http://localhost:8080/v1, unless `url` says another address.',
        ollama: 'Ollama at http://localhost:11434/v1, unless `url` says another address.',
      },
    },
    default: 'other',
    why: 'The program behind the endpoint, which decides the address where none is written.',
  }),
  'evaluation.judge.url': option({
    type: { kind: 'string' },
    why: 'Base address of the endpoint. Redirects are not followed.',
    examples: ['http://localhost:8000/v1'],
  }),
  'evaluation.judge.model': option({
    type: { kind: 'string' },
    why: 'Name of the model behind the endpoint.',
  }),
  'evaluation.judge.api_key_env': option({
    type: {
      kind: 'string',
      pattern: {
        expression: '^[A-Za-z_][A-Za-z0-9_]*$',
        meaning: 'the name of a variable: letters, digits and _',
      },
    },
    why: "Name of the environment variable that holds the endpoint's key. Before the first question, the user is asked whether the key may be sent to this address. The key itself never belongs in this file.",
    examples: ['OPENAI_API_KEY'],
  }),

  'sweep.beta': option({
    type: { kind: 'list', minItems: 1, items: { kind: 'number', exclusiveMinimum: 0 } },
    why: 'One arm for each value; `objective.beta` is not used then. Space them evenly in the logarithm.',
    examples: [[0.1, 0.05, 0.02, 0.01, 0.005]],
    checkedBy: 'BETA002',
  }),
  'sweep.seeds': option({
    type: {
      kind: 'list',
      minItems: 1,
      items: { kind: 'number', integer: true, minimum: 0, maximum: 4294967295 },
    },
    why: 'Every arm runs once for each seed: differences between betas are only as good as this spread.',
    examples: [[0, 1, 2]],
  }),
  'sweep.learning_rate': option({
    type: { kind: 'list', minItems: 1, items: { kind: 'number', exclusiveMinimum: 0 } },
    why: 'Every arm runs once for each learning rate; `training.learning_rate` is not used then. A verdict on beta at one untuned rate is open to doubt.',
    examples: [[2e-7, 5e-7, 1e-6]],
  }),
  'sweep.tolerance': option({
    type: { kind: 'number', exclusiveMinimum: 0, maximum: 100 },
    default: 2,
    unit: 'percentage points of the win rate',
    why: 'What a beta may lose to the best and still be taken: smaller values need more answers, prompts or seeds.',
  }),
  'sweep.until': option({
    type: {
      kind: 'choice',
      values: {
        all: 'Every beta with every seed.',
        decided:
          'In rounds, until a beta is proven or the budget is spent: some betas first, then those beside the one that leads, then more seeds of those that cannot be told apart.',
      },
    },
    default: 'all',
    why: 'When a sweep ends.',
  }),
  'sweep.budget_runs': option({
    type: { kind: 'number', integer: true, minimum: 2 },
    unit: 'runs',
    why: 'With `sweep.until: decided`, runs that are trained at most. Not set: as many as every beta with three seeds.',
  }),
  'sweep.budget_minutes': option({
    type: { kind: 'number', exclusiveMinimum: 0 },
    unit: 'minutes',
    why: 'With `sweep.until: decided`, no run starts that would end later, as far as earlier ones tell.',
  }),
  'sweep.parallel': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 1,
    unit: 'arms at a time',
    why: 'How many arms run at the same time on this machine.',
  }),
  'sweep.stop_degenerate': option({
    type: { kind: 'boolean' },
    default: false,
    why: 'Stop an arm whose texts no longer end, and continue with the next.',
  }),

  'backend.kind': option({
    type: {
      kind: 'choice',
      values: {
        onnx: 'The embedded trainer: needs no Python.',
        torch: 'TRL on PyTorch: one GPU to many nodes.',
      },
    },
    default: 'onnx',
    why: 'The program that trains.',
  }),
  'backend.device': option({
    type: {
      kind: 'choice',
      values: {
        auto: 'The fastest one that passes a self-test.',
        cpu: 'The processor.',
        cuda: 'An NVIDIA GPU.',
        webgpu: 'Any GPU, through WebGPU (onnx only).',
        coreml: 'Apple hardware (onnx only).',
        dml: 'DirectML on Windows (onnx only).',
      },
    },
    default: 'auto',
    why: 'Where the arithmetic happens.',
  }),
  'backend.torch.python': option({
    type: { kind: 'string' },
    why: 'Python interpreter that has the torch trainer. Ignored in an untrusted workspace.',
    examples: ['.venv/bin/python'],
  }),
  'backend.torch.accelerate_config': option({
    type: { kind: 'string' },
    why: 'File for `accelerate launch --config_file`: DeepSpeed, FSDP, several nodes.',
    alsoKnownAs: ['accelerate_config', 'deepspeed'],
  }),
  'backend.torch.processes': option({
    type: { kind: 'number', integer: true, minimum: 1 },
    default: 1,
    why: 'Processes on this machine, usually one a GPU.',
    alsoKnownAs: ['num_processes', 'nproc_per_node'],
  }),
  'backend.torch.report_to': option({
    type: {
      kind: 'list',
      items: {
        kind: 'choice',
        values: {
          wandb:
            'Weights & Biases: needs `wandb login`, or WANDB_API_KEY or WANDB_MODE=offline in the environment.',
          tensorboard:
            'Event files in `tensorboard/` of the run folder: `tensorboard --logdir .dpo/runs` shows all runs.',
          trackio: 'The local dashboard of Hugging Face: `trackio show`.',
          mlflow: 'Where MLFLOW_TRACKING_URI of the environment points to.',
        },
      },
    },
    default: [],
    why: 'Programs that get the training metrics too, through TRL. Their Python packages must be installed; keys and addresses belong into the environment, never into a config.',
    alsoKnownAs: ['report_to', 'use_wandb'],
  }),
} as const satisfies Record<string, Option>;
