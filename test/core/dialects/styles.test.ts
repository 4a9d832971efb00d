// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of shells and of OmegaConf
import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../../src/core/check/check';
import { describeExperiments } from '../../../src/core/check/describe-settings';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { useDialects } from '../../../src/core/config/dialects/registry';
import { preparePythonParser } from '../../support/python-parser';

beforeAll(async () => {
  useDialects(FOREIGN_DIALECTS);
  await preparePythonParser();
});

/** Ways to write the same few things: beta, loss, model, reference as `value@line`, and the dialect. */
type Read = Partial<Record<'dialect' | 'beta' | 'loss' | 'model' | 'reference', string>>;

const STYLES: [what: string, file: string, text: string, read: Read][] = [
  [
    'byte order mark, Windows line ends, a number of YAML 1.2',
    'a.yaml',
    '\ufeffmodel_name_or_path: org/m\r\nbeta: 1e-2 # dpo\r\nloss_type: ["ipo"]\r\n',
    { dialect: 'trl', beta: '0.01@2', loss: 'ipo@3', model: 'org/m@1' },
  ],
  ['a number in quotes', 'dpo.yaml', 'model_name_or_path: org/m\nbeta:   "0.05"\n', { beta: '0.05@2' }],
  [
    'a merged anchor',
    'dpo.yaml',
    'x: &d {beta: 0.3}\nmodel_name_or_path: org/m\n<<: *d\nmax_length: 10\n',
    { dialect: 'trl', beta: '0.3@1', model: 'org/m@2' },
  ],
  [
    'a number without a zero, a loss without a reference',
    'lf.yaml',
    '### method\nstage: "dpo"\nmodel_name_or_path: org/m\npref_beta: .1\npref_loss: simpo  # or orpo\nfinetuning_type: full\n',
    { dialect: 'llamafactory', beta: '0.1@4', loss: 'simpo@5', reference: 'none' },
  ],
  [
    'a variable of OmegaConf',
    'lf.yaml',
    'stage: dpo\nmodel_name_or_path: org/m\npref_beta: ${oc.env:BETA,0.1}\n',
    { beta: 'null@3', reference: 'same' },
  ],
  [
    'beta in a section',
    'ax.yml',
    'base_model: org/m\nrl: dpo\ntrl:\n  beta: 0.2\ndatasets:\n  - path: a\n',
    { dialect: 'axolotl', beta: '0.2@4', loss: 'sigmoid@2' },
  ],
  [
    'a reference to another key',
    'tt.yaml',
    'loss:\n  _component_: torchtune.rlhf.loss.DPOLoss\n  beta: 0.2\nmodel:\n  _component_: torchtune.models.llama3_1.llama3_1_8b\ncheckpointer:\n  checkpoint_dir: /tmp/a\nref_checkpointer:\n  checkpoint_dir: ${checkpointer.checkpoint_dir}\n',
    { dialect: 'torchtune', beta: '0.2@3', model: '/tmp/a@7', reference: 'same@9' },
  ],
  [
    'a sweep in loops',
    'run.sh',
    'for lr in 1e-6 5e-7; do\n  for beta in 0.01 0.1; do\n    trl dpo --model_name_or_path org/m --beta $beta --learning_rate=$lr\n  done\ndone\n',
    { dialect: 'trl', beta: 'null@3', model: 'org/m@3' },
  ],
  [
    'an array of arguments',
    'run.sh',
    'ARGS=(\n  --stage dpo\n  --model_name_or_path \'org/m\'\n  --pref_beta 0.2\n)\nFORCE_TORCHRUN=1 NNODES=2 llamafactory-cli train "${ARGS[@]}"\n',
    { dialect: 'llamafactory', beta: '0.2@4', model: 'org/m@3', reference: 'same' },
  ],
  [
    'what a command prints, a default of an argument',
    'run.sh',
    'BETA=$(python -c "print(0.1)")\nMODEL=${1:-org/m}\ntrl dpo --model_name_or_path $MODEL \\\n  --beta $BETA\n',
    { beta: 'null@4', model: 'null@3', reference: 'same' },
  ],
  [
    'a config that the script writes, which may name another reference',
    'run.sh',
    'cat > dpo.yaml <<EOF\nstage: dpo\npref_beta: 0.3\nEOF\nllamafactory-cli train dpo.yaml\n',
    { dialect: 'llamafactory', beta: 'null', reference: 'null' },
  ],
  [
    'a command in quotes behind launchers',
    'run.sh',
    'srun --ntasks=1 bash -c "torchrun --nproc_per_node 8 -m openrlhf.cli.train_dpo --pretrain org/m --beta 0.1 --ref_pretrain org/r"\n',
    { dialect: 'openrlhf', beta: '0.1@1', model: 'org/m@1', reference: 'org/r@1' },
  ],
  [
    'a command read from a here document',
    'run.sh',
    "read -r -d '' CMD <<EOF\nopenrlhf.cli.train_dpo \\\n  --pretrain org/m \\\n  --beta 0.2\nEOF\ndeepspeed --module $CMD\n",
    { dialect: 'openrlhf', beta: '0.2@4', model: 'org/m@3' },
  ],
  [
    'a comment that ends a command',
    'run.sh',
    'swift rlhf \\\n  --rlhf_type dpo \\\n  --model org/m \\\n  # --beta 0.3 \\\n  --beta 0.2\n',
    { dialect: 'ms-swift', beta: 'null', model: 'org/m@3' },
  ],
  [
    'Windows line ends in a script',
    'run.sh',
    'swift rlhf --rlhf_type dpo --model org/m --tuner_type full --ref_model org/r --beta 0.2 --loss_type ipo\r\n',
    { beta: '0.2@1', loss: 'ipo@1', reference: 'org/r@1' },
  ],
  [
    "Hydra's overrides",
    'run.sh',
    'python -u train.py model=pythia28 datasets=[hh] loss=dpo loss.beta=0.1 model.archive=/p/policy.pt loss.reference_free=true\n',
    {
      dialect: 'eric-mitchell',
      beta: '0.1@1',
      loss: 'sigmoid@1',
      model: '/p/policy.pt@1',
      reference: 'none',
    },
  ],
  [
    'overrides of a recipe',
    'run.slurm',
    '#SBATCH -N 1\nsrun python examples/run_dpo.py --config examples/configs/dpo.yaml dpo.reference_policy_kl_penalty=0.1 policy.model_name=org/m\n',
    { dialect: 'nemo-rl', beta: '0.1@2', model: 'org/m@2' },
  ],
  [
    'a variable of two branches',
    'run.sh',
    'if [ "$1" = a ]; then B=0.1; else B=0.2; fi\ntrl dpo --model_name_or_path org/m --beta $B\n',
    { beta: 'null@2' },
  ],
  [
    'in the background, in a container',
    'run.sh',
    'nohup docker run --rm img uv run python -m trl.scripts.dpo --model_name_or_path org/m --beta=0.1 > log 2>&1 &\n',
    { dialect: 'trl', beta: '0.1@1' },
  ],
  [
    'Python with two models',
    't.py',
    'from trl import DPOConfig, DPOTrainer\ncfg = DPOConfig(\n    output_dir="x",\n    beta=0.3,\n    loss_type=["ipo", "sft"],\n)\nmodel = AutoModelForCausalLM.from_pretrained("org/m")\nref = AutoModelForCausalLM.from_pretrained("org/r")\ntrainer = DPOTrainer(model=model, ref_model=ref, args=cfg)\n',
    { dialect: 'trl', beta: '0.3@4', loss: 'ipo@5', model: 'org/m@7', reference: 'org/r@8' },
  ],
  [
    'a config whose trainer is a class of its own',
    't.py',
    'from trl import DPOTrainer, DPOConfig\nclass Own(DPOTrainer):\n    pass\nargs = DPOConfig("out", beta=0.3)\nOwn(model="org/m", ref_model=other, args=args)\n',
    { beta: '0.3@4', reference: 'null' },
  ],
  [
    'a notebook',
    'n.ipynb',
    JSON.stringify(
      {
        cells: [
          { cell_type: 'code', source: ['%pip install trl\n', 'from trl import DPOConfig, DPOTrainer\n'] },
          { cell_type: 'markdown', source: 'DPOConfig(beta=9)' },
          { cell_type: 'code', source: 'args = DPOConfig(beta=0.4)\nDPOTrainer("org/m", args=args)' },
        ],
        metadata: {},
        nbformat: 4,
      },
      null,
      1,
    ),
    { dialect: 'trl', beta: '0.4@16', model: 'org/m@16', reference: 'same' },
  ],
  [
    'the second generation of LLaMA-Factory, all weights',
    'v1.yaml',
    'model: org/m\ntrain_dataset: data/d.yaml\npref_beta: 0.2\ndist_config:\n  name: fsdp2\n',
    { dialect: 'llamafactory', beta: '0.2@3', model: 'org/m@1', reference: 'same' },
  ],
  [
    'switches that are turned off, lists of losses',
    'run.sh',
    'trl dpo --model_name_or_path=org/m --beta=0.1 --loss_type sigmoid sft --loss_weights 1.0 0.2 --no_remove_unused_columns --no-gradient-checkpointing\n',
    { dialect: 'trl', beta: '0.1@1', loss: 'sigmoid@1' },
  ],
  [
    'Python whose beta only running it decides',
    't.py',
    'import trl\nfor beta in [0.1, 0.5]:\n    args = trl.DPOConfig(beta=beta, loss_type=loss, **extra)\n    trl.DPOTrainer(model, None, args)\n',
    { beta: 'null@3', loss: 'null@3' },
  ],
  [
    "unsloth, and arguments of the trainer's own call",
    't.py',
    'from unsloth import FastLanguageModel\nfrom trl import DPOTrainer, DPOConfig\nmodel, tok = FastLanguageModel.from_pretrained(model_name = "org/m", load_in_4bit = True)\nmodel = FastLanguageModel.get_peft_model(model, r = 64)\nDPOTrainer(\n    model = model,\n    ref_model = None,\n    args = DPOConfig(learning_rate = 5e-6),\n    beta = 0.1,\n)\n',
    { beta: '0.1@9', model: 'org/m@3', reference: 'same' },
  ],
];

const PATHS = {
  beta: 'objective.beta',
  loss: 'objective.loss',
  model: 'model.path',
  reference: 'reference.policy',
} as const;

describe('ways to write a config', () => {
  it.each(STYLES)('%s', (_, file, text, expected) => {
    const checked = check(text, file);
    const [first] = describeExperiments(checked);
    const found = Object.keys(expected).map((name) => {
      if (name === 'dialect') return [name, first?.dialect];
      const { value, line } = first?.settings[PATHS[name as keyof typeof PATHS]] ?? {};
      return [name, line === null ? String(value) : `${value}@${line}`];
    });
    expect(Object.fromEntries(found)).toEqual(expected);
    // What cannot be known without running is no error.
    const wrong = checked.problems.filter(
      ({ code }) => /^(BETA002|LOSS001|KEY001)$/.test(code) && !text.startsWith('x: &d'),
    );
    expect(wrong).toEqual([]);
  });
});
