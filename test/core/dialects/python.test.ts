import { beforeAll, describe, expect, it } from 'vitest';
import { check, fixesOf, isConfigFile } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { useDialects } from '../../../src/core/config/dialects/registry';
import { applyEdits } from '../../../src/core/words/text';
import { preparePythonParser } from '../../support/python-parser';

beforeAll(async () => {
  useDialects(FOREIGN_DIALECTS);
  await preparePythonParser();
});

const SCRIPT = `from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer

model = AutoModelForCausalLM.from_pretrained("org/model-sft", dtype="bfloat16")
args = DPOConfig(
    output_dir="out",
    beta=0.1,
    loss_type="sigmoid",
    learning_rate=5e-7,
)
trainer = DPOTrainer(model=model, args=args, train_dataset=data)
trainer.train()
`;

const NOTEBOOK = JSON.stringify({
  cells: [
    { cell_type: 'markdown', source: ['# DPO'] },
    { cell_type: 'code', source: SCRIPT.split(/(?<=\n)/), outputs: [] },
  ],
  nbformat: 4,
});

describe('DPO in Python', () => {
  it('settings are read from their calls', () => {
    const { experiment } = check(SCRIPT, 'train.py');
    expect(experiment.trainer.dialect).toBe('trl');
    expect(experiment.get('objective.beta')).toMatchObject({ value: 0.1, given: true, key: 'beta' });
    expect(experiment.get('model.path').value).toBe('org/model-sft');
    expect(experiment.get('training.learning_rate').value).toBe(5e-7);
  });

  it('only literals have a value', () => {
    const { experiment } = check(SCRIPT.replace('beta=0.1', 'beta=BETA'), 'train.py');
    expect(experiment.get('objective.beta')).toMatchObject({
      given: false,
      malformed: true,
      written: 'BETA',
    });
  });

  it('the old arguments of the trainer are settings too', () => {
    const { experiment } = check(
      'DPOTrainer("org/m", None, args=TrainingArguments(), beta=0.2, max_length=512)',
      'x.py',
    );
    expect(experiment.get('objective.beta').value).toBe(0.2);
    expect(experiment.get('data.max_length').value).toBe(512);
  });

  it('the adapter of unsloth and of peft is one', () => {
    const unsloth = 'm = FastLanguageModel.get_peft_model(m, r=32)\nDPOTrainer(m, args=DPOConfig())';
    const peft = 'DPOTrainer("m", args=DPOConfig(), peft_config=LoraConfig(r=32))';
    for (const text of [unsloth, peft]) {
      const { experiment } = check(text, 'x.py');
      expect(experiment.get('training.method').value).toBe('lora');
      expect(experiment.get('training.lora.rank').value).toBe(32);
    }
  });

  const REFERENCES: [call: string, words: string][] = [
    ['DPOTrainer("org/m", args=DPOConfig())', 'a frozen copy of the starting policy org/m'],
    ['DPOTrainer("org/m", ref_model=None, args=DPOConfig())', 'a frozen copy of the starting policy org/m'],
    ['DPOTrainer("org/m", ref_model="org/r", args=DPOConfig())', 'org/r'],
    ['DPOTrainer("org/m", ref_model=ref, args=DPOConfig())', 'the model that the script passes as ref_model'],
    ['DPOTrainer("org/m", args=DPOConfig(), peft_config=LoraConfig())', 'with the new adapter switched off'],
    [
      'DPOTrainer(PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained("org/m"), "sft"), args=DPOConfig())',
      'a frozen copy of the adapter that training continues',
    ],
  ];

  it.each(REFERENCES)('the reference of %s', (text, words) => {
    expect(check(text, 'x.py').experiment.trainer.reference).toContain(words);
  });

  it('before TRL 0.29 the reference of a continued adapter was the bare model', () => {
    const text = 'DPOTrainer(AutoPeftModelForCausalLM.from_pretrained("sft"), args=DPOConfig())';
    const old = check(text, 'x.py', { reading: { versions: { trl: '0.19.1' } } });
    expect(old.experiment.trainer.reference).toContain('the bare base model');
  });

  it('a value is changed where it stands, another is added in a line of its own', () => {
    const { experiment } = check(SCRIPT, 'train.py');
    expect(applyEdits(SCRIPT, experiment.set('objective.beta', 0.05) ?? [])).toContain('    beta=0.05,\n');
    expect(applyEdits(SCRIPT, experiment.set('data.max_length', 512) ?? [])).toContain(
      '    learning_rate=5e-7,\n    max_length=512,\n)',
    );
    expect(applyEdits(SCRIPT, experiment.remove('objective.beta') ?? [])).not.toContain('beta');
    expect(experiment.set('training.method', 'lora')).toBeUndefined();
  });

  it('a notebook is read and edited in its cells', () => {
    const { experiment } = check(NOTEBOOK, 'train.ipynb');
    const edits = experiment.set('objective.beta', 0.05) ?? [];
    const after = JSON.parse(applyEdits(NOTEBOOK, edits));
    expect(after.cells[1].source.join('')).toBe(SCRIPT.replace('beta=0.1', 'beta=0.05'));
  });

  it('keys that are gone are problems whose fixes work', () => {
    const text = SCRIPT.replace('beta=0.1,', 'beta=0.1,\n    max_prompt_length=512,').replace(
      'args=args,',
      'args=args, max_length=512, tokenizer=tok,',
    );
    const checked = check(text, 'train.py');
    const gone = checked.problems.filter(({ code }) => code === 'KEY002');
    expect(gone.map(({ range }) => text.slice(range.start, range.end)).sort()).toEqual([
      'max_length',
      'max_prompt_length',
      'tokenizer',
    ]);
    for (const problem of gone) expect(fixesOf(checked, problem), problem.message).toHaveLength(1);
    const old = check(text, 'train.py', { reading: { versions: { trl: '0.12.2', transformers: '4.46.0' } } });
    expect(old.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['nothing of TRL', 'import torch\nbeta = 0.1\nprint("dpo")\n'],
    ['a class of the package itself', 'class DPOConfig(TrainingArguments):\n    beta: float = 0.1\n'],
    ['another package', 'from other.dpo import DPOConfig\nDPOConfig(beta=-1)\n'],
    ['a text', 'HELP = """\nDPOConfig(beta=-1)\n"""\n'],
  ])('silent: %s', (_, text) => {
    expect(isConfigFile('x.py', text)).toBe(false);
  });
});
