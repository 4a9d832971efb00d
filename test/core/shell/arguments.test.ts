import { expect, test } from 'vitest';
import { readArguments } from '../../../src/core/config/shell/arguments';
import { programOf } from '../../../src/core/config/shell/program';
import { readShell } from '../../../src/core/config/shell/read-shell';

const TRAINERS = new Set(['trl', 'llamafactory-cli', 'swift', 'axolotl', 'megatron', 'tune']);

const PROGRAMS: [script: string, program: string | undefined][] = [
  ['trl dpo --config x.yaml', 'program trl'],
  ['llamafactory-cli train x.yaml', 'program llamafactory-cli'],
  ['python train.py --beta 0.1', 'script train.py'],
  ['python3.11 -u src/train_dpo.py model=x', 'script src/train_dpo.py'],
  ['/opt/venv/bin/python -m trl.scripts.dpo --beta 0.1', 'module trl.scripts.dpo'],
  [
    'accelerate launch --config_file zero3.yaml --num_processes 8 scripts/dpo.py --config x.yaml',
    'script scripts/dpo.py',
  ],
  ['accelerate launch -m axolotl.cli.train x.yml', 'module axolotl.cli.train'],
  ['torchrun --nproc_per_node=8 --master_port 29500 llm_dpo.py --beta 1', 'script llm_dpo.py'],
  ['torchrun $ARGS src/train.py --stage dpo', 'script src/train.py'],
  ['deepspeed --module openrlhf.cli.train_dpo --beta 0.1', 'module openrlhf.cli.train_dpo'],
  ['deepspeed --include localhost:0,1 train_dpo.py', 'script train_dpo.py'],
  ['python -m torch.distributed.run --nproc_per_node 8 train.py --x', 'script train.py'],
  ['env A=1 B=2 nohup python train.py', 'script train.py'],
  ['uv run examples/run_dpo.py --config x.yaml', 'script examples/run_dpo.py'],
  ['uv run --with trl trl dpo --config x.yaml', 'program trl'],
  ['srun -N 2 --container-image=x python -u train.py', 'script train.py'],
  ['mpirun -np 8 -x PATH python train_dpo.py a=b', 'script train_dpo.py'],
  ['conda run -n dpo swift rlhf --rlhf_type dpo', 'program swift'],
  [
    'python mason.py --cluster a --gpus 8 -- torchrun --nnodes=2 open_instruct/dpo.py --beta 5',
    'script open_instruct/dpo.py',
  ],
  ['CUDA_VISIBLE_DEVICES=0 swift rlhf --rlhf_type dpo', 'program swift'],
  ['bash scripts/train_dpo.sh --pretrain x', 'script scripts/train_dpo.sh'],
  ['echo python train.py', 'program echo'],
  ['accelerate config', undefined],
  ['python -c "import torch"', undefined],
  ['$CMD --beta 0.1', undefined],
  ['torchrun $REPO/train_gpt_dpo.py --beta 0.1', 'script /train_gpt_dpo.py'],
  ['$REPO/train.sh --beta 0.1', 'script /train.sh'],
];

test.each(PROGRAMS)('The program of `%s`', (script, expected) => {
  const [command] = readShell(script).commands;
  const program = command && programOf(command, TRAINERS);
  expect(program && `${program.kind} ${program.name}`).toBe(expected);
});

/** The arguments of a command as `name=values`; `?` for an open value. */
function listed(script: string): string[] {
  const words = readShell(script).commands[0]?.words ?? [];
  const { list, positional, mayHaveMore } = readArguments(words, 1);
  return [
    ...positional.map(({ value }) => value ?? '?'),
    ...list.map(({ name, values }) => `${name}=${values.map(({ value }) => value ?? '?').join(',')}`),
    ...(mayHaveMore ? ['...'] : []),
  ];
}

const ARGUMENTS: [script: string, ...expected: string[]][] = [
  ['run --beta 0.1 --lr=1e-6 --bf16', 'beta=0.1', 'lr=1e-6', 'bf16='],
  ['run x.yaml --beta 0.1', 'x.yaml', 'beta=0.1'],
  ['run --save_steps -1 -l --n -2.5', 'save_steps=-1', 'l=', 'n=-2.5'],
  ['run --mixer_list a 1.0 b 2.0 --seed 1', 'mixer_list=a,1.0,b,2.0', 'seed=1'],
  ['run --model.beta 0.1', 'model.beta=0.1'],
  ['run model=q ++loss.beta=0.1 +a/b@c=d loss=dpo', 'model=q', 'loss.beta=0.1', 'a/b@c=d', 'loss=dpo'],
  ['run --config x.yaml beta=0.1', 'config=x.yaml', 'beta=0.1'],
  ['run --kwargs a=b --beta 1', 'kwargs=a=b', 'beta=1'],
  [`run --json '{"a": 1}' sets='["x"]'`, 'json={"a": 1}', 'sets=["x"]'],
  [`run --beta $1 --x "\${A}" ++b=$B`, 'beta=?', 'x=?', 'b=?'],
  ['run --bf16 "$@"', 'bf16=', '...'],
  ['run $EXTRA --beta 0.1', 'beta=0.1', '...'],
  ['run --beta 0.1 $EXTRA', 'beta=0.1,?', '...'],
  ['run --beta 0.1 --beta 0.2', 'beta=0.1', 'beta=0.2'],
  ['run --beta= --x', 'beta=', 'x='],
];

test.each(ARGUMENTS)('The arguments of `%s`', (script, ...expected) => {
  expect(listed(script)).toEqual(expected);
});

test('An open value says what leaves it open and what it is without', () => {
  const words =
    readShell(`KL=\${KL:-0.1}\nrun --beta \${KL} --x \${1:-a}-$B --y $(date)`).commands[0]?.words ?? [];
  const values = readArguments(words, 1).list.map(({ values: [value] }) => [value?.open, value?.fallback]);
  expect(values).toEqual([
    [['KL'], '0.1'],
    [['1', 'B'], undefined],
    [[], undefined],
  ]);
});

test('Names and values have their places', () => {
  const text = `X="--lr 1e-6"\nrun ++loss.beta='0.1' --beta="$B" --out=a/$N/b $X`;
  const words = readShell(text).commands[0]?.words ?? [];
  const places = readArguments(words, 1).list.map(({ nameRange, values: [value] }) =>
    [nameRange, value?.range].map((range) => range && text.slice(range.start, range.end)),
  );
  expect(places).toEqual([
    ['loss.beta', '0.1'],
    ['--beta', '$B'],
    ['--out', 'a/$N/b'],
    ['--lr', '1e-6'],
  ]);
});
