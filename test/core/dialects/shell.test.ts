import { beforeAll, describe, expect, it } from 'vitest';
import { check, fixesOf, isConfigFile } from '../../../src/core/check/check';
import { FOREIGN_DIALECTS } from '../../../src/core/config/dialects/all';
import { useDialects } from '../../../src/core/config/dialects/registry';
import { applyEdits } from '../../../src/core/words/text';

beforeAll(() => useDialects(FOREIGN_DIALECTS));

const COMMANDS: [dialect: string, script: string][] = [
  ['trl', 'trl dpo --model_name_or_path org/m --beta 0.1'],
  ['trl', 'accelerate launch -m trl.scripts.dpo --model_name_or_path org/m --beta 0.1'],
  [
    'alignment-handbook',
    'accelerate launch --config_file z3.yaml scripts/dpo.py --config recipes/m/dpo/config_full.yaml --beta=0.05',
  ],
  ['llamafactory', 'llamafactory-cli train --stage dpo --model_name_or_path org/m --pref_beta 0.1'],
  ['llamafactory', 'llamafactory-cli train examples/dpo.yaml pref_beta=0.1'],
  ['llamafactory', 'torchrun src/train.py --stage dpo --pref_beta 0.1'],
  ['ms-swift', 'swift rlhf --rlhf_type dpo --model org/m'],
  ['axolotl', 'axolotl train dpo.yml --rl-beta 0.1'],
  ['torchtune', 'tune run lora_dpo_single_device --config llama3/8B_dpo loss.beta=0.1'],
  ['openrlhf', 'deepspeed --module openrlhf.cli.train_dpo --model.model_name_or_path org/m --model.beta 0.1'],
  ['openrlhf', 'deepspeed train_dpo.py --pretrain org/m --beta 0.1'],
  ['open-instruct', 'accelerate launch open_instruct/dpo_tune_cache.py --model_name_or_path org/m --beta 5'],
  ['nemo-aligner', 'torchrun train_gpt_dpo.py ++model.dpo.ref_policy_kl_penalty=0.1'],
  ['nemo-rl', 'uv run examples/run_dpo.py dpo.reference_policy_kl_penalty=0.05'],
  ['eric-mitchell', 'python -u train.py model=pythia28 loss=dpo loss.beta=0.1'],
  [
    'align-anything',
    'deepspeed --module align_anything.trainers.text_to_text.dpo --model_name_or_path org/m',
  ],
  ['refdpo', 'accelerate launch main.py --dataset x --data_split train --beta 0.1 --model_type org/m'],
  ['rl2', 'torchrun -m RL2.trainer.dpo actor.model_name=org/m'],
  ['trl-custom', 'python my_dpo.py --model_name_or_path org/m --beta 0.1'],
];

describe('training commands in shell scripts', () => {
  it.each(COMMANDS)('%s: %s', (dialect, script) => {
    expect(check(script, 'run.sh').experiment.trainer.dialect).toBe(dialect);
  });

  it.each([
    'python train.py --beta 0.1',
    'llamafactory-cli train --stage sft --model_name_or_path m',
    'trl sft --model_name_or_path m --beta 0.1',
    'swift rlhf --rlhf_type kto --model m',
    'python make_dpo_data.py --beta 0.1',
    'python optimizer.py --beta 0.9 --dpo',
    '# trl dpo --beta 0.1',
    'python -u train.py model=m loss=sft',
    'deepspeed --module openrlhf.cli.train_rm --pretrain m --chosen_key a --rejected_key b --dpo',
    'pip install trl && echo dpo',
  ])('no training for DPO: %s', (script) => {
    expect(isConfigFile('run.sh', script)).toBe(false);
  });

  it('several commands are several experiments', () => {
    const text =
      'M=org/m\ntrl dpo --model_name_or_path $M --beta 0.1\ntrl dpo --model_name_or_path $M --beta 0.5\n';
    const { experiments } = check(text, 'run.sh');
    expect(experiments.map((one) => [one.get('model.path').value, one.get('objective.beta').value])).toEqual([
      ['org/m', 0.1],
      ['org/m', 0.5],
    ]);
  });

  it('what cannot be known without running is open, not guessed', () => {
    const { experiment } = check(`trl dpo --model_name_or_path $1 --beta \${BETA:-0.1} "$@"`, 'run.sh');
    expect(experiment.get('objective.beta')).toMatchObject({
      given: false,
      malformed: true,
      written: `\${BETA:-0.1}`,
    });
    expect(experiment.get('model.path').given).toBe(false);
  });

  it('an absent flag proves nothing where a config file or other flags may have it', () => {
    expect(check('trl dpo --config x.yaml --beta 0.1', 'run.sh').complete).toBe(false);
    expect(check('trl dpo --model_name_or_path m --beta 0.1 "$@"', 'run.sh').complete).toBe(false);
    expect(check('trl dpo --model_name_or_path m --beta 0.1', 'run.sh').complete).toBe(true);
  });

  const EDITS: [before: string, after: string][] = [
    ['trl dpo --beta 0.1 --bf16', 'trl dpo --beta 0.05 --bf16'],
    ['B=0.1\ntrl dpo --beta $B', 'B=0.05\ntrl dpo --beta $B'],
    ['trl dpo \\\n  --max_length 512\n', 'trl dpo \\\n  --max_length 512 \\\n  --beta 0.05\n'],
    ['python train.py loss=dpo ++loss.beta=0.1', 'python train.py loss=dpo ++loss.beta=0.05'],
    ['python train.py loss=dpo ++lr=5e-7', 'python train.py loss=dpo ++lr=5e-7 ++loss.beta=0.05'],
  ];

  it.each(EDITS)('beta is written into %j', (before, after) => {
    const edits = check(before, 'run.sh').experiment.set('objective.beta', 0.05);
    expect(edits && applyEdits(before, edits)).toBe(after);
  });

  it('keys that the trainer renamed are fixed where they stand', () => {
    const text =
      'ARGS="--stage dpo \\\n  --dpo_beta 0.1"\nllamafactory-cli train $ARGS --model_name_or_path org/m\n';
    const checked = check(text, 'run.sh');
    const problem = checked.problems.find(({ code }) => code === 'KEY005');
    const [fix] = problem ? fixesOf(checked, problem) : [];
    expect(fix && applyEdits(text, fix.edits)).toContain('  --pref_beta 0.1"\n');
  });

  it('flags of a script between are not judged', () => {
    const text = 'bash train_dpo_sweep.sh --pretrain org/m --my_flag 1 --chosen_key a --rejected_key b\n';
    expect(
      check(text, 'run.sh')
        .problems.map(({ code }) => code)
        .filter((code) => code.startsWith('KEY')),
    ).toEqual([]);
  });
});
