import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type TinyExperiment, type TinyRun, useTrainer, writeTinyModel } from './support/tiny-run';

const newExperiment = useTrainer();

/** The trainer fails with a message that matches, tells it to its job too, and leaves nothing half-written. */
async function expectFailure(run: TinyRun, message: RegExp): Promise<void> {
  const { code, stderr } = await run.train();
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(run.told.at(-1)).toMatchObject({ kind: 'failed', message: stderr.trimEnd() });
  expect(run.has('model')).toBe(false);
  expect(run.list('checkpoints').filter((name) => !/^\d+$/.test(name))).toEqual([]);
}

function editJson(experiment: TinyExperiment, name: string, change: (json: Record<string, unknown>) => void) {
  const file = path.join(experiment.folder, name);
  const json = JSON.parse(readFileSync(file, 'utf8'));
  change(json);
  writeFileSync(file, JSON.stringify(json));
}

const PAIR = { prompt: 'red one ', chosen: 'a b c', rejected: 'c b' };
const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('a model that cannot be trained', () => {
  it('is missing', async () => {
    const run = (await newExperiment()).run('r', { model: { path: './nowhere' } });
    await expectFailure(run, /nowhere.*Check the path/);
  });

  it('is of another architecture, which is named beside those that are supported', async () => {
    const experiment = await newExperiment();
    editJson(experiment, 'model/config.json', (json) => {
      json.architectures = ['GPT2LMHeadModel'];
    });
    await expectFailure(
      experiment.run('r'),
      /GPT2LMHeadModel.*LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, Olmo2ForCausalLM, GraniteForCausalLM, SmolLM3ForCausalLM/,
    );
  });

  it('is damaged', async () => {
    const experiment = await newExperiment();
    truncateSync(path.join(experiment.folder, 'model/model.safetensors'), 3000);
    await expectFailure(experiment.run('r'), /model\.safetensors.*(shorter|cut off|ends)/);
  });

  it('has no end-of-sequence token', async () => {
    const experiment = await newExperiment();
    for (const name of ['model/tokenizer_config.json', 'model/config.json']) {
      editJson(experiment, name, (json) => {
        delete json.eos_token;
        delete json.eos_token_id;
      });
    }
    await expectFailure(experiment.run('r'), /end-of-sequence token/);
  });

  it('has a tokenizer with more tokens than the embedding has rows', async () => {
    const experiment = await newExperiment();
    rmSync(path.join(experiment.folder, 'model'), { recursive: true });
    await writeTinyModel(path.join(experiment.folder, 'model'), { vocab_size: 16 });
    await expectFailure(experiment.run('r'), /token.*ids up to 15/);
  });
});

describe('data that cannot be trained on', () => {
  it('is a list of messages, and the tokenizer has no chat template', async () => {
    const experiment = await newExperiment();
    const said = (content: string) => [{ role: 'assistant', content }];
    experiment.write(
      'pairs.jsonl',
      lines({ prompt: [{ role: 'user', content: 'red' }], chosen: said('a b'), rejected: said('c') }),
    );
    await expectFailure(experiment.run('r'), /chat template.*data\.chat_template/);
  });

  it('has only pairs without a difference, or without a response', async () => {
    const experiment = await newExperiment();
    experiment.write('pairs.jsonl', lines({ ...PAIR, rejected: PAIR.chosen }, { ...PAIR, chosen: '' }));
    await expectFailure(experiment.run('r'), /pairs\.jsonl|data\.train/);
  });

  it('has only pairs whose prompt fills the length limit', async () => {
    const experiment = await newExperiment();
    experiment.write('pairs.jsonl', lines({ ...PAIR, prompt: 'red '.repeat(200) }));
    await expectFailure(experiment.run('r', { data: { eval_fraction: 0 } }), /data\.max_length/);
  });

  it('has a line that is no JSON', async () => {
    const experiment = await newExperiment();
    experiment.write('pairs.jsonl', `${lines(PAIR)}{"prompt": \n`);
    await expectFailure(experiment.run('r'), /Line 2 of .*pairs\.jsonl/);
  });

  it('has no reference log-probabilities where those are asked for', async () => {
    const run = (await newExperiment()).run('r', { reference: { logprobs: 'columns' } });
    await expectFailure(run, /pairs\.jsonl|Row 1/);
  });
});

describe('a run that cannot go on', () => {
  it('diverges: the step is logged, its weights are not kept', async () => {
    const run = (await newExperiment()).run('r', {
      training: { learning_rate: 1e30, schedule: 'constant', warmup: 0, max_grad_norm: 1e30 },
    });
    await expectFailure(run, /diverged.*training\.learning_rate/);
    const last = run.metrics.filter(({ split }) => split === 'train').at(-1)?.values;
    expect([last?.loss, last?.gradient_norm].some((value) => typeof value === 'string')).toBe(true);
  });

  it('finds a checkpoint of another model', async () => {
    const experiment = await newExperiment();
    const run = experiment.run('r', { training: { steps: 2, save_every: 2 } });
    await run.train();
    rmSync(run.file('model'), { recursive: true });
    editJson(experiment, 'model/config.json', (json) => {
      json.rope_theta = 77;
    });
    await expectFailure(run, /another model.*Start a new run/);
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
    'has no room left on the disk',
    async () => {
      const experiment = await newExperiment();
      const run = experiment.run('r', { training: { save_every: 2 } });
      const checkpoints = run.file('checkpoints');
      mkdirSync(checkpoints);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', checkpoints]);
      try {
        await expectFailure(run, /disk is full/);
      } finally {
        execFileSync('umount', [checkpoints]);
      }
      // With room it goes on.
      expect((await run.train()).code).toBe(0);
    },
  );
});
