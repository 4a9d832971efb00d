import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunFile } from '../../../src/core/runs/format';
import { armOf } from '../../../src/core/runs/read-files';
import type { RunRecord } from '../../../src/core/runs/run-snapshot';
import { Adopter } from '../../../src/node/import/adopt';
import { crc32c } from '../../../src/node/import/crc32c';
import { listRuns } from '../../../src/node/runs/run-store';
import { temporaryFolder } from '../../support/temporary-folder';
import { eventFile, metricsIn, TRAINER_STATE, wandbFile, write } from './recordings';

const adopter = (data: string, ...folders: string[]) =>
  new Adopter(path.join(data, '.dpo'), folders, { 'dpo-lab': '1' });

/** Imports a folder into a data folder of its own. */
async function adopted(folder: string) {
  const data = temporaryFolder();
  const found = await adopter(data, folder).next();
  const runs = await listRuns(path.join(data, '.dpo'));
  return { found, runs, data };
}

async function onlyRun(folder: string) {
  const { runs } = await adopted(folder);
  expect(runs).toHaveLength(1);
  const record = runs[0] as RunRecord;
  return {
    record,
    run: record.run as RunFile,
    lines: existsSync(path.join(record.folder, 'metrics.jsonl')) ? metricsIn(record.folder) : [],
  };
}

describe('logs', () => {
  it('CRC-32C is that of RFC 3720', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  it('trainer_state.json, with NaN as Python writes it', async () => {
    const folder = temporaryFolder();
    write(folder, 'checkpoint-4/trainer_state.json', TRAINER_STATE);
    const { record, run, lines } = await onlyRun(folder);
    expect(lines.map(({ step, split }) => `${step} ${split}`)).toEqual(['2 train', '4 train', '4 eval']);
    expect(lines[1]?.values).toMatchObject({ loss: 'NaN', gradient_norm: 'Infinity', reward_margin: 0.3 });
    expect(lines[2]?.values).toMatchObject({ loss: 0.61, reward_margin: 0.25, epoch: 0.5 });
    expect(record.status).toMatchObject({ step: 4, totalSteps: 8, state: 'running' });
    expect(run.producer).toEqual({ kind: 'imported', trainer: 'trl' });
    // What is unknown stays unknown: no beta, so no log-ratio.
    expect(armOf(run).beta).toBeNaN();
    expect(lines[1]?.values).not.toHaveProperty('log_ratio_margin');
    expect(readFileSync(path.join(record.folder, 'events.jsonl'), 'utf8')).toContain('RUN003');
  });

  it('tfevents: beta from the arguments, several files, a damaged record left out', async () => {
    const folder = temporaryFolder();
    const args = JSON.stringify({ beta: 0.25, loss_type: ['sigmoid'], seed: 7, output_dir: 'out' });
    const at = (step: number, value: number) => ({
      wall: 1000 + step,
      step,
      tag: 'train/rewards/margins',
      value,
    });
    const broken = eventFile([at(3, 0.75)]);
    broken[20] = (broken[20] ?? 0) ^ 1;
    write(
      folder,
      'runs/a_vm/events.out.tfevents.1000.vm.1.0',
      Buffer.concat([
        eventFile([{ wall: 1000, step: 0, tag: 'args/text_summary', value: args }, at(1, 0.25)]),
        broken,
        eventFile([at(4, 1)]),
      ]),
    );
    // Resumed from step 1.
    write(
      folder,
      'runs/b_vm/events.out.tfevents.2000.vm.1.0',
      Buffer.concat([eventFile([at(2, 0.5)]), eventFile([at(9, 1)]).subarray(0, 30)]),
    );
    const { run, lines, record } = await onlyRun(folder);
    expect(lines.map(({ step, values }) => [step, values.reward_margin, values.log_ratio_margin])).toEqual([
      [1, 0.25, 1],
      [2, 0.5, 2],
    ]);
    expect(lines[0]?.time).toBe(1_001_000);
    expect(run.config).toEqual({ objective: { beta: 0.25, loss: 'sigmoid' }, training: { seed: 7 } });
    expect(record.id).toContain('beta0.25');
  });

  it('trainer_log.jsonl of LLaMA-Factory, with beta from the config that names the folder', async () => {
    const folder = temporaryFolder();
    write(
      folder,
      'dpo.yaml',
      'pref_beta: 0.2\npref_loss: sigmoid\noutput_dir: saves/dpo\nlearning_rate: 5e-6\n',
    );
    write(folder, 'other.yaml', 'pref_beta: 0.9\noutput_dir: saves/other\n');
    const line = (step: number) =>
      `${JSON.stringify({ current_steps: step, total_steps: 9, loss: 0.5, accuracy: 1, lr: 0.001 })}\n`;
    write(
      folder,
      'saves/dpo/trainer_log.jsonl',
      `${line(1)}${line(1)}{"current_steps": 2, "lo\n${line(3)}{"curr`,
    );
    const { run, lines, record } = await onlyRun(folder);
    expect(
      lines.map(({ step, values }) => [step, values.loss, values.accuracy, values.learning_rate]),
    ).toEqual([
      [1, 0.5, 1, 0.001],
      [3, 0.5, 1, 0.001],
    ]);
    expect(armOf(run).beta).toBe(0.2);
    expect(run.producer.trainer).toBe('llama-factory');
    expect(record.status).toMatchObject({ step: 3, totalSteps: 9 });
  });

  it('logging.jsonl and args.json of ms-swift; its summaries measure nothing', async () => {
    const folder = temporaryFolder();
    write(
      folder,
      'v0-1/args.json',
      JSON.stringify({ beta: 0.1, loss_type: 'sigmoid', swift_version: '4.6.0' }),
    );
    write(
      folder,
      'v0-1/logging.jsonl',
      [
        { loss: 0.6, 'rewards/margins': 0.5, 'global_step/max_steps': '1/1' },
        { train_runtime: 2, train_loss: 0.9, 'global_step/max_steps': '1/1' },
        { global_step: 1, log_history: [] },
      ]
        .map((one) => `${JSON.stringify(one)}\n`)
        .join(''),
    );
    const { run, lines, record } = await onlyRun(folder);
    expect(lines.map(({ values }) => values)).toEqual([
      { loss: 0.6, reward_margin: 0.5, log_ratio_margin: 5 },
    ]);
    expect(run.producer).toEqual({ kind: 'imported', trainer: 'ms-swift', version: '4.6.0' });
    expect(record.state).toBe('completed');
  });

  it('a wandb offline file, over several blocks', async () => {
    const folder = temporaryFolder();
    const rows = [1, 2, 3].map((step) => ({
      'train/global_step': step,
      'train/rewards/margins': step === 2 ? 'NaN' : step / 4,
      _step: step * 2,
      note: `"${'x'.repeat(30_000)}"`,
    }));
    write(folder, 'wandb/offline-run-1/run-a.wandb', wandbFile({ beta: 0.5 }, rows));
    const { run, lines } = await onlyRun(folder);
    expect(lines.map(({ step, values }) => [step, values.reward_margin])).toEqual([
      [1, 0.25],
      [2, 'NaN'],
      [3, 0.75],
    ]);
    expect(armOf(run).beta).toBe(0.5);
  });

  it.each([
    ['transformers 4', "{'loss': 0.5, 'rewards/margins': nan, 'epoch': 0.5}"],
    ['transformers 5', "{'loss': '0.5', 'rewards/margins': 'nan', 'epoch': '0.5'}"],
  ])('what %s prints', async (_, entry) => {
    const folder = temporaryFolder();
    const printed = `Tokenizing: 100%|###| 64/64 [00:00<00:00, 9it/s]\n  0%|   | 0/8 [00:00<?, ?it/s]\r 50%|#  | 4/8 [00:02<00:02, 2it/s]\n${entry}\n`;
    write(folder, 'train.log', printed);
    write(folder, 'wide.log', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(printed, 'utf16le')]));
    const { runs } = await adopted(folder);
    expect(runs).toHaveLength(2);
    for (const { folder: own, status } of runs) {
      expect(metricsIn(own).map(({ step, values }) => [step, values])).toEqual([
        [4, { loss: 0.5, reward_margin: 'NaN', epoch: 0.5 }],
      ]);
      expect(status).toMatchObject({ totalSteps: 8 });
    }
  });

  it("torchtune's lines", async () => {
    const folder = temporaryFolder();
    write(
      folder,
      'log_1700000000.txt',
      'Step 1 | loss:0.69 lr:2e-05 rewards/chosen:0.5 rewards/rejected:-0.5 log_probs/chosen:-40.5\n',
    );
    const { lines, run } = await onlyRun(folder);
    expect(lines[0]).toMatchObject({
      step: 1,
      values: { loss: 0.69, learning_rate: 2e-5, reward_margin: 1, logp_chosen: -40.5 },
    });
    expect(run.producer.trainer).toBe('torchtune');
  });
});

describe('adopting again', () => {
  it('repeats no line, keeps the run, and appends what is new', async () => {
    const folder = temporaryFolder();
    const log = path.join(folder, 'trainer_log.jsonl');
    const line = (step: number) =>
      `${JSON.stringify({ current_steps: step, total_steps: 9, loss: 0.5, accuracy: 1 })}\n`;
    writeFileSync(log, line(1));
    const data = temporaryFolder();
    const [first] = await adopter(data, folder).next();
    const metrics = path.join(data, '.dpo/runs', first?.id ?? '', 'metrics.jsonl');
    const before = readFileSync(metrics, 'utf8');
    const inode = statSync(metrics).ino;
    await adopter(data, folder).next();
    expect(readFileSync(metrics, 'utf8')).toBe(before);
    appendFileSync(log, line(2));
    const following = adopter(data, folder);
    expect(await following.next()).toMatchObject([{ id: first?.id }]);
    expect(await following.next()).toEqual([]);
    expect(readFileSync(metrics, 'utf8').startsWith(before)).toBe(true);
    expect(metricsIn(path.dirname(metrics))).toHaveLength(2);
    expect(statSync(metrics).ino).toBe(inode);
    expect(readdirSync(path.join(data, '.dpo/runs'))).toEqual([first?.id]);
  });

  it('a run that is silent is not said to have failed', async () => {
    const folder = temporaryFolder();
    write(folder, 'checkpoint-4/trainer_state.json', TRAINER_STATE);
    const old = Date.now() / 1000 - 12 * 60;
    utimesSync(path.join(folder, 'checkpoint-4/trainer_state.json'), old, old);
    const { record } = await onlyRun(folder);
    expect(record.state).toBe('interrupted');
    expect(record.status?.activity).toBe('no news for 12 minutes');
  });

  it('opens no pickle and changes nothing of the folder', async () => {
    const folder = temporaryFolder();
    write(folder, 'checkpoint-4/trainer_state.json', TRAINER_STATE);
    // Whoever opened it would see a text that changes beta.
    write(folder, 'training_args.bin', '{"beta": 0.7}');
    symlinkSync('/dev/zero', path.join(folder, 'trainer_log.jsonl'));
    const before = readdirSync(folder, { recursive: true }).sort();
    const { run } = await onlyRun(folder);
    expect(armOf(run).beta).toBeNaN();
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
  });
});

const SAMPLES = ['../../../../shared/runs-elsewhere', '../../../../../shared/runs-elsewhere']
  .map((name) => path.resolve(import.meta.dirname, name))
  .find(existsSync);
if (SAMPLES === undefined)
  console.log('Recorded runs (../shared/runs-elsewhere) are not here: tests of them are left out.');

describe.runIf(SAMPLES !== undefined)('recorded runs', () => {
  it.each([
    ['trl', 'trl', 0.1, 32, 'completed', 'out/beta0.1/checkpoint-32'],
    ['llamafactory-interrupted', 'llama-factory', 0.1, 26, 'interrupted', 'saves/lora/dpo/checkpoint-24'],
    ['ms-swift', 'ms-swift', 0.1, 8, 'completed', 'out/v0-20261130-230146/checkpoint-8'],
  ])('%s', async (name, trainer, beta, step, state, checkpoint) => {
    const folder = temporaryFolder();
    cpSync(path.join(SAMPLES ?? '', name), folder, { recursive: true });
    const { record, run, lines } = await onlyRun(folder);
    expect(run.producer.trainer).toBe(trainer);
    expect(armOf(run).beta).toBe(beta);
    expect([record.state === 'running' ? 'interrupted' : record.state, record.status?.step]).toEqual([
      state,
      step,
    ]);
    const { log_history } = JSON.parse(
      readFileSync(path.join(folder, checkpoint, 'trainer_state.json'), 'utf8'),
    );
    for (const entry of log_history.filter((one: object) => !('train_runtime' in one))) {
      const split = 'eval_loss' in entry ? 'eval' : 'train';
      const line = lines.find((one) => one.step === entry.step && one.split === split);
      const prefix = split === 'eval' ? 'eval_' : '';
      expect(line?.values).toMatchObject({
        loss: entry[`${prefix}loss`],
        reward_margin: entry[`${prefix}rewards/margins`],
        accuracy: entry[`${prefix}rewards/accuracies`],
        logp_chosen: entry[`${prefix}logps/chosen`],
      });
    }
    // What was printed alone gives the same steps.
    const printed = temporaryFolder();
    cpSync(path.join(folder, 'out.log'), path.join(printed, 'out.log'));
    const alone = await onlyRun(printed);
    expect(alone.lines.map((one) => `${one.step} ${one.split}`)).toEqual(
      lines.map((one) => `${one.step} ${one.split}`),
    );
  });
});
