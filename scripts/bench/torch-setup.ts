import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../../src/core/check/check';
import { nestConfig, resolveConfig } from '../../src/core/config/resolved';
import { RUN_FORMAT, type RunFile } from '../../src/core/runs/format';
import { SeededRandom } from '../../src/core/seeded-random';

/** A GPU takes a step in a moment: with few, starting would be all that is measured. */
export const PAIRS = { cpu: 16, cuda: 512 } as const;
export const HELD_OUT = 4;

/** Of both trainers, in the names of our options. */
export const SETTINGS = {
  'training.epochs': 1,
  'training.batch_size': 4,
  'training.micro_batch_size': 2,
  'training.learning_rate': 2e-4,
  'training.lora.rank': 8,
  'training.lora.alpha': 16,
  'data.max_length': 512,
} as const;

const WORDS =
  'the of and to in is that it was for on are with as they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find'.split(
    ' ',
  );

/** Pairs of common words in any order, as long as those of hh-rlhf's harmless-base: prompts are 73 % of a sequence. */
export function writePairs(folder: string, device: keyof typeof PAIRS): void {
  const random = new SeededRandom(5);
  const words = (mean: number): string => {
    const count = Math.round(mean * (0.5 + random.next()));
    return Array.from({ length: count }, () => WORDS[Math.floor(random.next() * WORDS.length)]).join(' ');
  };
  const pairs = (count: number): string =>
    Array.from({ length: count }, () =>
      JSON.stringify({ prompt: words(125), chosen: ` ${words(41)}`, rejected: ` ${words(51)}` }),
    ).join('\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'train.jsonl'), `${pairs(PAIRS[device])}\n`);
  writeFileSync(path.join(folder, 'test.jsonl'), `${pairs(HELD_OUT)}\n`);
}

/** Writes a run folder as the launcher does. */
export function writeRun(
  folder: string,
  id: string,
  model: string,
  beta: number,
  device: keyof typeof PAIRS,
): string {
  const configFile = path.join(folder, 'bench.dpo.json');
  const config = {
    ...resolveConfig(check('{}', configFile).experiment),
    ...SETTINGS,
    'model.path': model,
    'objective.beta': beta,
    'data.train.path': '../pairs/train.jsonl',
    'data.eval.path': '../pairs/test.jsonl',
    'training.eval_every': 1_000_000,
    'training.save_every': 1_000_000,
    'backend.kind': 'torch',
    'backend.device': device,
  } as const;
  const dataFolder = path.join(folder, '.dpo');
  const runFolder = path.join(dataFolder, 'runs', id);
  mkdirSync(runFolder, { recursive: true });
  const run: RunFile = {
    format: RUN_FORMAT,
    id,
    created: 0,
    producer: { kind: 'torch', trainer: 'dpo-lab' },
    config: nestConfig(config as Parameters<typeof nestConfig>[0]),
    configFile,
    configText: '{}',
    configHash: '',
    baseFolder: folder,
    dataFolder,
    versions: {},
  };
  writeFileSync(path.join(runFolder, 'run.json'), JSON.stringify(run));
  return runFolder;
}
