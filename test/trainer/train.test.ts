import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../engine/support/random';
import { type TinyRun, useTrainer } from './support/tiny-run';

const newExperiment = useTrainer();

const kinds = (run: TinyRun): string[] => run.told.map(({ kind }) => kind);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('the trainer', () => {
  it('trains a run to its end, starting at ln 2 with margins of 0', async () => {
    const run = (await newExperiment()).run('first');
    expect(await run.train()).toEqual({ code: 0, stderr: '' });
    const train = run.metrics.filter(({ split }) => split === 'train');
    expect(train.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(train[0]?.values.loss).toBeCloseTo(Math.LN2, 5);
    expect(train[0]?.values.reward_margin).toBeCloseTo(0, 5);
    expect(train[0]?.values.learning_rate).toBe(0);
    const held = run.metrics.filter(({ split }) => split === 'eval');
    expect(held.map(({ step }) => step)).toEqual([0, 4, 8]);
    expect(held[0]?.values).toMatchObject({ accuracy: expect.any(Number), ended: expect.any(Number) });
    expect(held[0]?.values.loss).toBeCloseTo(Math.LN2, 5);
    expect(held[0]?.values.eos_drift).toBeCloseTo(0, 4);
    expect(held[0]?.values.kl).toBeCloseTo(0, 4);
    expect(Math.abs(Number(held[2]?.values.kl))).toBeGreaterThan(1e-4);
    expect(run.list('checkpoints')).toEqual(['6', '8']);
    expect(run.list('model')).toContain('model.safetensors');
    expect(kinds(run).at(-1)).toBe('completed');
    const samples = run.told.filter((line) => line.kind === 'samples');
    expect(samples.map((line) => line.kind === 'samples' && line.step)).toEqual([0, 4, 8]);
  });

  it('stops at a signal with a checkpoint, and goes on to the same numbers, bit for bit', async () => {
    const experiment = await newExperiment();
    const whole = experiment.run('whole', { training: { save_every: 100 } });
    await whole.train();
    const parted = experiment.run('parted', { training: { save_every: 100 } });
    const first = parted.start();
    await until(() => parted.metrics.some(({ step }) => step >= 3));
    first.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, stderr: '' });
    const [stopped] = parted.told.filter((line) => line.kind === 'stopped');
    const step = stopped?.kind === 'stopped' ? stopped.step : 0;
    expect(step).toBeGreaterThanOrEqual(3);
    expect(parted.list('checkpoints')).toEqual([String(step)]);
    expect((await parted.train()).code).toBe(0);
    expect(parted.numbers).toEqual(whole.numbers);
    expect(readFileSync(parted.file('model/model.safetensors'))).toEqual(
      readFileSync(whole.file('model/model.safetensors')),
    );
  });

  it('stops while it reads pairs, which is no failure to read them', async () => {
    const experiment = await newExperiment();
    // Some seconds of reading.
    const pair = JSON.stringify({ prompt: 'red', chosen: ' one two', rejected: ' two one' });
    experiment.write('long.jsonl', `${pair}\n`.repeat(1_000_000));
    const run = experiment.run('long', { data: { train: { path: 'long.jsonl' } } });
    const child = run.start();
    await until(() => run.told.some((line) => line.kind === 'phase' && line.phase === 'reading'));
    child.kill('SIGTERM');
    expect(await child.ended).toEqual({ code: 0, stderr: '' });
    expect(run.told.at(-1)).toMatchObject({ kind: 'stopped', step: 0 });
  });

  it('stops within an evaluation, and makes up for it when it goes on', async () => {
    const experiment = await newExperiment();
    const settings = { evaluation: { max_new_tokens: 1500, temperature: 1 }, training: { save_every: 100 } };
    const whole = experiment.run('whole', settings);
    await whole.train();
    const parted = experiment.run('parted', settings);
    const evaluations = (): number =>
      parted.told.filter((line) => line.kind === 'phase' && line.phase === 'evaluating').length;
    const first = parted.start();
    await until(() => evaluations() === 2);
    first.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
    expect(parted.told.at(-1)).toMatchObject({ kind: 'stopped', step: 4 });
    expect(parted.numbers).toEqual(whole.numbers.slice(0, 5));
    expect((await parted.train()).code).toBe(0);
    expect(parted.numbers).toEqual(whole.numbers);
  });

  it('answers each probe as often as asked, policy and baseline each from random numbers of its own', async () => {
    const experiment = await newExperiment();
    const textsOf = async (name: string, samples: number) => {
      const run = experiment.run(name, {
        evaluation: { temperature: 1, max_new_tokens: 12, samples },
        training: { steps: 2, eval_every: 2 },
      });
      await run.train();
      const [first] = run.told.flatMap((line) =>
        line.kind === 'samples' && line.step === 0 ? [line.samples] : [],
      );
      return first ?? [];
    };
    const [once, thrice] = [await textsOf('once', 1), await textsOf('thrice', 3)];
    expect(once.length).toBeGreaterThan(0);
    expect(thrice.map(({ prompt }) => prompt)).toEqual(
      [1, 2, 3].flatMap(() => once.map(({ prompt }) => prompt)),
    );
    expect(thrice.slice(0, once.length)).toEqual(once);
    // Before the first step both are the same model: with the same random numbers their texts would be the same.
    expect(thrice.some(({ policy, reference }) => policy.text !== reference?.text)).toBe(true);
    expect(new Set(thrice.map(({ policy }) => policy.text)).size).toBeGreaterThan(1);
  });

  it('obeys control.json for its own run alone, and writes a checkpoint where only that is asked for', async () => {
    const experiment = await newExperiment();
    const run = experiment.run('control', {
      training: { steps: 4000, save_every: 100000, eval_every: 100000 },
    });
    const request = (id: string, wanted: string, time: number): void =>
      writeFileSync(run.file('control.json'), JSON.stringify({ run: id, request: wanted, time }));
    request('another', 'stop', 1);
    const child = run.start();
    await until(() => run.metrics.some(({ step }) => step >= 2));
    request('control', 'checkpoint', 2);
    await until(() => kinds(run).includes('checkpoint'));
    expect(child.exitCode).toBeNull();
    request('control', 'stop', 3);
    expect((await child.ended).code).toBe(0);
    expect(kinds(run).filter((kind) => kind === 'checkpoint')).toHaveLength(2);
    expect(kinds(run).at(-1)).toBe('stopped');
  });

  it('loses nothing when it is killed, whenever that is', async () => {
    const experiment = await newExperiment();
    const settings = { training: { steps: 14, save_every: 3, eval_every: 5 } };
    const whole = experiment.run('whole', settings);
    await whole.train();
    const killed = experiment.run('killed', settings);
    const random = new Random(17);
    for (let kill = 0; kill < 8; kill++) {
      const child = killed.start();
      const before = killed.metrics.length;
      // At a random moment of the loop, of a checkpoint, of an evaluation, or of the start.
      const after = random.integer(0, 4);
      const delay = random.integer(0, 20);
      await Promise.race([until(() => killed.metrics.length >= before + after), child.ended]);
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await child.ended;
    }
    expect((await killed.train()).code).toBe(0);
    expect(killed.numbers).toEqual(whole.numbers);
    expect(readFileSync(killed.file('model/model.safetensors'))).toEqual(
      readFileSync(whole.file('model/model.safetensors')),
    );
    expect(killed.list('checkpoints').every((name) => /^\d+$/.test(name))).toBe(true);
  });

  it('trains an adapter as well', async () => {
    const run = (await newExperiment()).run('lora', {
      training: { method: 'lora', lora: { rank: 4, alpha: 8 }, learning_rate: 0.05 },
    });
    expect(await run.train()).toEqual({ code: 0, stderr: '' });
    expect(run.metrics.find(({ step }) => step === 1)?.values.loss).toBeCloseTo(Math.LN2, 5);
    expect(run.list('model')).toContain('adapter_model.safetensors');
  });
});
