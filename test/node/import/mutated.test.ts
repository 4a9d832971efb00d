import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/seeded-random';
import { Adopter } from '../../../src/node/import/adopt';
import { listRuns } from '../../../src/node/runs/run-store';
import { temporaryFolder } from '../../support/temporary-folder';
import { eventFile, TRAINER_STATE, wandbFile, write } from './recordings';

/** Damage that files meet: cuts, doubled lines, other encodings, wrong bytes, numbers that are none, links. */
const DAMAGE: readonly ((file: string, random: () => number) => void)[] = [
  (file, random) =>
    writeFileSync(file, readFileSync(file).subarray(0, Math.floor(random() * statSync(file).size))),
  (file) => appendFileSync(file, readFileSync(file)),
  (file) => writeFileSync(file, readFileSync(file, 'latin1'), 'utf16le'),
  (file) => writeFileSync(file, readFileSync(file, 'latin1').replace(/\d+/, 'NaN'), 'latin1'),
  (file) => writeFileSync(file, readFileSync(file, 'latin1').replace(/[0-9.]+/g, '1e999'), 'latin1'),
  (file) =>
    writeFileSync(
      file,
      readFileSync(file, 'latin1').replace(/: [^,}]+/g, ': [{"__proto__": null}]'),
      'latin1',
    ),
  (file, random) => {
    const bytes = readFileSync(file);
    for (let count = 0; count < 5; count++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    writeFileSync(file, bytes);
  },
  (file) => {
    rmSync(file);
    symlinkSync(path.basename(file), file);
  },
  (file) => {
    rmSync(file);
    symlinkSync('/dev/zero', file);
  },
];

function recordAll(folder: string): void {
  const margin = (step: number) => ({ wall: step, step, tag: 'train/rewards/margins', value: step / 2 });
  write(folder, 'a/checkpoint-4/trainer_state.json', TRAINER_STATE);
  write(
    folder,
    'a/runs/x/events.out.tfevents.1.vm.1.0',
    eventFile([{ wall: 0, step: 0, tag: 'args/text_summary', value: '{"beta": 0.1}' }, margin(1), margin(2)]),
  );
  write(
    folder,
    'b/trainer_log.jsonl',
    '{"current_steps": 1, "total_steps": 4, "loss": 0.6, "accuracy": 1.0}\n'.repeat(2),
  );
  write(folder, 'b/dpo.yaml', 'pref_beta: 0.1\noutput_dir: .\n');
  write(folder, 'c/args.json', '{"beta": 0.1, "swift_version": "4.6.0"}');
  write(folder, 'c/logging.jsonl', '{"loss": 0.6, "rewards/margins": 0.5, "global_step/max_steps": "1/4"}\n');
  write(folder, 'd/run-1.wandb', wandbFile({ beta: 0.1 }, [{ _step: 1, 'rewards/margins': 0.5 }]));
  write(
    folder,
    'e/out.log',
    " 50%|# | 1/2 [00:01<00:01]\n{'loss': '0.6', 'rewards/margins': '0.1', 'epoch': '1'}\n",
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(name).isFile())
    .sort();
}

it('500 damaged files of other trainers: nothing is thrown, every run can be read, and again adds nothing', async () => {
  const numbers = new SeededRandom(18);
  const random = () => numbers.next();
  const data = temporaryFolder();
  const root = temporaryFolder();
  for (let index = 0; index < 100; index++) {
    const folder = path.join(root, String(index));
    recordAll(folder);
    const files = filesIn(folder);
    for (let count = 0; count < 5; count++) {
      const file = files.splice(Math.floor(random() * files.length), 1)[0] as string;
      DAMAGE[Math.floor(random() * DAMAGE.length)]?.(file, random);
    }
  }
  const dataFolder = path.join(data, '.dpo');
  const first = await new Adopter(dataFolder, [root], {}).next();
  expect(first.filter(({ id }) => id !== undefined).length).toBeGreaterThan(150);
  const runs = await listRuns(dataFolder);
  expect(runs.filter(({ run }) => !run)).toEqual([]);
  const texts = () => runs.map(({ folder }) => readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8'));
  const before = texts();
  await new Adopter(dataFolder, [root], {}).next();
  expect(texts()).toEqual(before);
  expect(await listRuns(dataFolder)).toHaveLength(runs.length);
});
