import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { PairDetail, PairList, PairsQuestion, ResponseTokens } from '../../src/core/panels/pairs-page';
import { InspectProcess } from '../../src/node/launch/inspect-process';
import { type TinyExperiment, type TinyRun, useTrainer, writeTinyModel } from './support/tiny-run';

const newExperiment = useTrainer();
const open: InspectProcess[] = [];

afterEach(async () => {
  for (const process of open.splice(0)) {
    process.close();
    await process.ended;
  }
});

async function trained(
  id: string,
  sections: Parameters<TinyExperiment['run']>[1] = {},
  prepare: (experiment: TinyExperiment) => Promise<void> = async () => {},
): Promise<{ experiment: TinyExperiment; run: TinyRun }> {
  const experiment = await newExperiment();
  await prepare(experiment);
  const run = experiment.run(id, sections);
  expect(await run.train()).toEqual({ code: 0, stderr: '' });
  return { experiment, run };
}

function inspect({ experiment, run }: { experiment: TinyExperiment; run: TinyRun }): InspectProcess {
  const inspecting = new InspectProcess(
    { node: process.execPath, onnxTrainer: experiment.program },
    run.folder,
  );
  open.push(inspecting);
  return inspecting;
}

const list = async (of: InspectProcess, checkpoint: number): Promise<PairList> =>
  (await of.ask({ kind: 'list', checkpoint }, () => {})) as PairList;

const pair = async (of: InspectProcess, checkpoint: number, id: string): Promise<PairDetail> =>
  (await of.ask({ kind: 'pair', checkpoint, pair: id }, () => {})) as PairDetail;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const held = ({ rows }: PairList): PairList['rows'] => rows.filter(({ split }) => split === 'eval');

function evaluated(
  run: TinyRun,
  step: number,
  name: 'log_ratio_margin' | 'accuracy' | 'logp_chosen',
): number {
  const line = run.metrics.find((metrics) => metrics.split === 'eval' && metrics.step === step);
  return Number(line?.values[name]);
}

/** Sums of the tokens' own numbers. */
function summed({ pieces }: ResponseTokens): { policy: number; baseline: number } {
  return {
    policy: pieces.reduce((sum, piece) => sum + piece.policy, 0),
    baseline: pieces.reduce((sum, piece) => sum + piece.baseline, 0),
  };
}

function expectSums(response: ResponseTokens): void {
  expect(response.pieces).toHaveLength(response.tokens);
  expect(summed(response).policy).toBeCloseTo(response.policy, 4);
  expect(summed(response).baseline).toBeCloseTo(response.baseline, 4);
}

describe('the inspect mode of the trainer', () => {
  it('agrees with what training measured, and with the reference table', async () => {
    const setup = await trained('run');
    const inspecting = inspect(setup);
    const last = await list(inspecting, 8);
    expect(last.comparison).toEqual({
      checkpoint: 8,
      beta: 0.1,
      loss: 'sigmoid',
      lengthNormalized: false,
      reference: 'the starting policy',
      baseline: 'the starting policy',
    });
    expect(last.total).toEqual({ train: 30, eval: 10 });
    expect(last.rows).toHaveLength(40);
    const margins = held(last).map(({ margin }) => margin);
    expect(mean(margins)).toBeCloseTo(evaluated(setup.run, 8, 'log_ratio_margin'), 4);
    expect(mean(margins.map((margin) => (margin > 0 ? 1 : 0)))).toBeCloseTo(
      evaluated(setup.run, 8, 'accuracy'),
      6,
    );
    expect(mean(held(last).map(({ chosen }) => chosen.policy))).toBeCloseTo(
      evaluated(setup.run, 8, 'logp_chosen'),
      4,
    );
    const start = await list(inspecting, 0);
    for (const row of start.rows) expect(row.margin).toBeCloseTo(0, 4);

    const detail = await pair(inspecting, 8, 'train-3');
    const row = last.rows.find(({ id }) => id === 'train-3');
    expect(detail.margin).toBeCloseTo(row?.margin ?? Number.NaN, 4);
    for (const response of [detail.chosen, detail.rejected]) {
      expectSums(response);
      expect(response.baseline).toBeCloseTo(response.reference, 4);
      expect(response.pieces.map(({ isEnd }) => isEnd).lastIndexOf(true)).toBe(response.tokens - 1);
      expect(response.missingEnd).toBeUndefined();
    }
    expect(detail.prompt).toEqual([{ text: row?.prompt }]);
    expect(
      detail.chosen.pieces
        .slice(0, -1)
        .map(({ text }) => text)
        .join('')
        .trim(),
    ).toBe(row?.chosenText);
  });

  it('says what is not there, and goes on', async () => {
    const inspecting = inspect(await trained('run'));
    await expect(list(inspecting, 3)).rejects.toThrow(/no checkpoint of step 3.*keep_checkpoints/);
    await expect(pair(inspecting, 8, 'eval-999')).rejects.toThrow(/no pair eval-999/);
    expect((await list(inspecting, 6)).comparison.checkpoint).toBe(6);
  });

  it('drops a list when another is asked for, and ends when nobody can ask any more', async () => {
    const inspecting = inspect(await trained('run'));
    const [first, second] = await Promise.allSettled([list(inspecting, 6), list(inspecting, 8)]);
    expect(first).toMatchObject({ status: 'rejected' });
    expect(second).toMatchObject({ status: 'fulfilled', value: { comparison: { checkpoint: 8 } } });
    inspecting.close();
    await inspecting.ended;
    await expect(list(inspecting, 8)).rejects.toThrow(/has ended/);
  });

  it('fails in words where there is no run', async () => {
    const experiment = await newExperiment();
    const inspecting = new InspectProcess(
      { node: process.execPath, onnxTrainer: experiment.program },
      path.join(experiment.folder, 'none'),
    );
    open.push(inspecting);
    await expect(list(inspecting, 0)).rejects.toThrow(/holds no run that can be read/);
  });

  it('compares tokens with the starting policy where there is no reference', async () => {
    const setup = await trained('run', { reference: { policy: 'none' } });
    const inspecting = inspect(setup);
    const last = await list(inspecting, 8);
    expect(last.comparison).toMatchObject({ reference: 'no reference', baseline: 'the starting policy' });
    expect(last.comparison.why).toMatch(/no reference/);
    expect(mean(held(last).map(({ margin }) => margin))).toBeCloseTo(
      evaluated(setup.run, 8, 'log_ratio_margin'),
      4,
    );
    const detail = await pair(inspecting, 8, 'train-3');
    expect(detail.chosen.reference).toBe(0);
    expectSums(detail.chosen);
    const start = await pair(inspecting, 0, 'train-3');
    expect(detail.chosen.baseline).toBeCloseTo(start.chosen.policy, 4);
  });

  it('compares tokens with a prior, which sees the same ones', async () => {
    const setup = await trained('run', { reference: { score: 'prior' } });
    const inspecting = inspect(setup);
    const last = await list(inspecting, 8);
    expect(last.comparison.why).toBeUndefined();
    expect(mean(held(last).map(({ margin }) => margin))).toBeCloseTo(
      evaluated(setup.run, 8, 'log_ratio_margin'),
      4,
    );
    const { chosen } = await pair(inspecting, 8, 'train-3');
    expectSums(chosen);
    expect(chosen.baseline).toBeCloseTo(chosen.reference, 4);
  });

  it("takes the data's own sums, by token where the objective does", async () => {
    const setup = await trained(
      'run',
      { reference: { logprobs: 'columns' }, objective: { beta: 0.1, length_normalized: true } },
      async (experiment) => {
        const file = path.join(experiment.folder, 'pairs.jsonl');
        const rows = readFileSync(file, 'utf8').trim().split('\n');
        const more = rows.map((row, index) =>
          JSON.stringify({ ...JSON.parse(row), ref_chosen_logps: -8 - index, ref_rejected_logps: -9 }),
        );
        experiment.write('pairs.jsonl', `${more.join('\n')}\n`);
      },
    );
    const last = await list(inspect(setup), 8);
    expect(last.comparison).toMatchObject({
      reference: "the data's log-probabilities",
      baseline: 'the starting policy',
      lengthNormalized: true,
    });
    expect(last.rows.find(({ id }) => id === 'train-3')?.chosen.reference).toBe(-10);
    expect(mean(held(last).map(({ margin }) => margin))).toBeCloseTo(
      evaluated(setup.run, 8, 'log_ratio_margin'),
      4,
    );
  });

  it('compares only whole responses with a reference that has another tokenizer', async () => {
    const setup = await trained('run', { reference: { policy: './teacher' } }, async ({ folder }) => {
      const teacher = path.join(folder, 'teacher');
      await writeTinyModel(teacher, { hidden_size: 32 });
      // The same tokens, but nobody can know.
      const file = path.join(teacher, 'tokenizer.json');
      writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), undefined, 2));
    });
    const inspecting = inspect(setup);
    const last = await list(inspecting, 8);
    expect(last.comparison).toMatchObject({ reference: 'teacher', baseline: 'the starting policy' });
    expect(mean(held(last).map(({ margin }) => margin))).toBeCloseTo(
      evaluated(setup.run, 8, 'log_ratio_margin'),
      4,
    );
    const { rejected } = await pair(inspecting, 8, 'train-3');
    expectSums(rejected);
    expect(rejected.baseline).not.toBeCloseTo(rejected.reference, 1);
  });

  it("reads another trainer's run from the model that it saved", async () => {
    const setup = await trained('run', { training: { method: 'lora' } });
    const own = await list(inspect(setup), 8);
    const { run } = setup;
    rmSync(run.file('checkpoints'), { recursive: true });
    const file = run.file('run.json');
    const producer = { kind: 'torch', trainer: 'dpo-lab' };
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), producer }));
    writeFileSync(
      run.file('status.json'),
      JSON.stringify({ format: 1, state: 'completed', step: 8, heartbeat: 0, host: 'a' }),
    );
    const saved = await list(inspect(setup), 8);
    expect(saved.rows.map(({ id }) => id)).toEqual(own.rows.map(({ id }) => id));
    for (const [index, row] of saved.rows.entries())
      expect(row.margin).toBeCloseTo(own.rows[index]?.margin ?? Number.NaN, 3);
    // A checkpoint that is an adapter is read as well.
    cpSync(run.file('model'), run.file('checkpoints/4'), { recursive: true });
    const checkpoint: PairsQuestion = { kind: 'list', checkpoint: 4 };
    const inspecting = inspect(setup);
    expect(await inspecting.ask(checkpoint, () => {})).toMatchObject({ rows: saved.rows });
    // One merged copy at a time, in the run's own folder.
    const first = readdirSync(run.file('inspected'));
    expect(first).toHaveLength(1);
    cpSync(run.file('model'), run.file('checkpoints/2'), { recursive: true });
    const config = run.file('checkpoints/2/adapter_config.json');
    const { lora_alpha: alpha, ...adapter } = JSON.parse(readFileSync(config, 'utf8'));
    writeFileSync(config, JSON.stringify({ ...adapter, lora_alpha: 2 * alpha }));
    await inspecting.ask({ kind: 'list', checkpoint: 2 }, () => {});
    const second = readdirSync(run.file('inspected'));
    expect(second).toHaveLength(1);
    expect(second).not.toEqual(first);
    expect(existsSync(path.join(path.dirname(path.dirname(run.folder)), 'models'))).toBe(false);
  });
});
