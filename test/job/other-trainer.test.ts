import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readRun } from '../../src/node/runs/run-store';
import { wheelName } from '../../src/node/torch/torch-start';
import { useCli, type Workplace } from '../cli/dpo-lab';
import { NO_PYTHON, PYTHON } from '../torch/vectors';
import { problemsOfRun, ROOT } from './schemas';
import { endAfterTest, until } from './support';
import { trainerEnvironment } from './trainer-environment';

// Importing PyTorch takes a while on a busy machine.
vi.setConfig({ testTimeout: 400_000 });

const workplace = useCli('command', 'job');
const FIXTURES = path.join(ROOT, 'test/trainer/fixtures/trl');
const STEPS = 24;

/** As recipes of the alignment handbook are written: flat, by sections in comments, for a command in the folder above. */
const RECIPE = `# Model arguments
model_name_or_path: model
dtype: float32

# Data training arguments
dataset_name: pairs

# DPO trainer config
beta: 0.1
loss_type: sigmoid
learning_rate: 2.0e-3
lr_scheduler_type: cosine
warmup_steps: 0.1
max_length: 64
max_steps: ${STEPS}
per_device_train_batch_size: 2
per_device_eval_batch_size: 2
gradient_accumulation_steps: 2
gradient_checkpointing: false
bf16: false
use_cpu: true
eval_strategy: steps
eval_steps: ${STEPS / 2}
logging_steps: 1
save_steps: ${STEPS}
seed: 7
report_to: none
output_dir: out/dpo
`;

/** A folder with a recipe for \`trl dpo\`, its model and data, and the environment that has TRL. */
function folderWithRecipe(recipe = RECIPE): Workplace {
  const place = workplace();
  const programs = path.dirname(place.folder);
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const wheel = path.join(programs, wheelName(version));
  if (!existsSync(wheel)) symlinkSync(path.join(ROOT, 'python/src'), wheel);
  cpSync(path.join(FIXTURES, 'model'), place.path('model'), { recursive: true });
  const rows = readFileSync(path.join(FIXTURES, 'strings.jsonl'), 'utf8').trim().split('\n');
  const pairs = rows
    .map((row) => JSON.parse(row))
    .map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected }));
  const text = (some: readonly object[]): string => some.map((pair) => `${JSON.stringify(pair)}\n`).join('');
  place.write('pairs/train.jsonl', text(pairs.slice(0, 32)));
  place.write('pairs/test.jsonl', text(pairs.slice(32, 36)));
  place.write('recipes/dpo.yaml', recipe);
  if (PYTHON !== undefined) symlinkSync(path.dirname(path.dirname(PYTHON)), place.path('.venv'));
  endAfterTest(() => runsOf(place));
  return place;
}

/** Without those that are just being made. */
const runsOf = (place: Workplace): string[] =>
  place.runs.filter((id) => !id.startsWith('.')).map((id) => place.path(`.dpo/runs/${id}`));
const linesOf = (folder: string, name: string) =>
  readFileSync(path.join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const trained = (folder: string) => linesOf(folder, 'metrics.jsonl').filter(({ split }) => split === 'train');
const readAt = (folder: string) => readRun(folder, path.basename(folder));

const NAME = 'TRL as its own command';

describe.skipIf(PYTHON === undefined)(PYTHON ? NAME : `${NAME} (skipped: ${NO_PYTHON})`, () => {
  it('is swept over betas, watched, stopped, and continued to the same losses', async () => {
    const place = folderWithRecipe();
    const swept = place.run(['sweep', 'recipes/dpo.yaml', '--beta', '0.1,0.4', '--json'], {
      env: { OMP_NUM_THREADS: '1' },
    });
    await until(async () => existsSync(place.path('.dpo/sweeps')) && runsOf(place).length === 2, 60_000);
    const [low = '', high = ''] = runsOf(place);
    // Beside the sweep, so that the test takes half of the time.
    const single = await place.run(['train', 'recipes/dpo.yaml', '--detach'], {
      env: { OMP_NUM_THREADS: '1' },
    });
    expect(single.code, single.stderr).toBe(0);
    const stopped = runsOf(place).find((folder) => folder !== low && folder !== high) ?? '';
    // As soon as it looks at the policy before its first step: then it hears of it after one of the next ones.
    await until(async () => existsSync(path.join(stopped, 'metrics.jsonl')), 200_000);
    const request = { run: path.basename(stopped), request: 'stop', time: Date.now() };
    writeFileSync(path.join(stopped, 'control.json'), JSON.stringify(request));
    await until(async () => (await readAt(stopped)).state === 'stopped', 100_000);
    const { status } = await readAt(stopped);
    expect(status?.step).toBeGreaterThan(0);
    expect(status?.step).toBeLessThan(STEPS);
    expect(
      (await place.run(['resume', path.basename(stopped)], { env: { OMP_NUM_THREADS: '1' } })).code,
    ).toBe(0);
    const { code, stdout, stderr } = await swept;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    // Every step once, and the same numbers as the arm that was not disturbed.
    expect(trained(stopped).map(({ step }) => step)).toEqual(
      Array.from({ length: STEPS }, (_, index) => index + 1),
    );
    for (const [index, { values }] of trained(low).entries())
      expect(trained(stopped)[index].values.loss).toBeCloseTo(values.loss, 4);
    expect(trained(low)[0].values).toMatchObject({ loss: expect.closeTo(Math.LN2, 5), reward_margin: 0 });
    expect(trained(high).at(-1).values.log_ratio_margin).toBeCloseTo(
      trained(high).at(-1).values.reward_margin / 0.4,
      5,
    );

    // What TRL does not measure, and texts, at each evaluation.
    const looked = linesOf(high, 'metrics.jsonl').filter(({ values }) => 'eos_drift' in values);
    expect(looked.map(({ step }) => step)).toEqual([0, STEPS / 2, STEPS]);
    expect(looked[0].values.eos_drift).toBeCloseTo(0, 5);
    expect(Math.abs(looked[2].values.eos_drift)).toBeGreaterThan(1e-3);
    const samples = linesOf(high, 'trainer.jsonl').filter(({ kind }) => kind === 'samples');
    expect(samples[0].samples[0].policy).toEqual(samples[0].samples[0].reference);

    // One pass of the reference served both arms; results lie where readers look.
    expect(readFileSync(path.join(low, 'output.log'), 'utf8')).toContain('Computing reference log probs');
    expect(readFileSync(path.join(high, 'output.log'), 'utf8')).not.toContain(
      'Computing reference log probs',
    );
    for (const folder of [low, high, stopped])
      expect(existsSync(path.join(folder, 'model/model.safetensors'))).toBe(true);
    expect([low, high, stopped].flatMap(problemsOfRun)).toEqual([]);
    const response = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(response).toMatchObject({ type: 'response' });
    expect(response.betas.map(({ beta }: { beta: number }) => beta).sort()).toEqual([0.1, 0.4]);

    // Nothing of the user's was touched.
    const names = readdirSync(place.folder).filter((name) => name !== 'no-hub-cache');
    expect(names.sort()).toEqual(['.dpo', '.venv', 'model', 'pairs', 'recipes']);
    expect(readFileSync(place.path('recipes/dpo.yaml'), 'utf8')).toBe(RECIPE);
  });
});

/** What `trl dpo` is for these tests: it says how it was started, and ends as told. */
const SCRIPTED = `import json, os, sys
print("started", json.dumps({"args": sys.argv[1:], "cwd": os.getcwd(), "run": os.environ.get("DPO_LAB_RUN")}), flush=True)
`;

function scripted(rest: string, name = 'trl', recipe = RECIPE): Workplace {
  const place = folderWithRecipe(recipe);
  rmSync(place.path('.venv'), { force: true });
  trainerEnvironment(place.path('.venv'), {
    packages: { trl: '1.13.0', transformers: '5.18.0' },
    commands: { [name]: SCRIPTED + rest },
  });
  return place;
}

async function ended(place: Workplace, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await place.run([...args, '--json'], { env });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { code, stderr, end: lines.findLast(({ type }) => type === 'ended') };
}

describe("another trainer's command", () => {
  it("fails with the trainer's last words, and the user's own sitecustomize still runs", async () => {
    const place = scripted('raise KeyError("nowhere")\n');
    place.write(
      'site/sitecustomize.py',
      `open(${JSON.stringify(place.path('seen'))}, "a").write(__name__ + "\\n")\n`,
    );
    const { code, end } = await ended(place, ['train', 'recipes/dpo.yaml'], {
      PYTHONPATH: place.path('site'),
    });
    expect(code).toBe(1);
    expect(end).toMatchObject({ state: 'failed' });
    expect(end.error).toMatch(/^trl ended with exit code 1\. KeyError: 'nowhere'\. output\.log/);
    expect(readFileSync(place.path('seen'), 'utf8')).toMatch(/^(sitecustomize\n)+$/);
  });

  it('is started where the paths of its config begin, with its own copy of the config', async () => {
    const place = scripted('');
    const { code } = await ended(place, ['train', 'recipes/dpo.yaml']);
    expect(code).toBe(0);
    const [folder = ''] = runsOf(place);
    const [, text = ''] = /^started (.*)$/m.exec(readFileSync(path.join(folder, 'output.log'), 'utf8')) ?? [];
    expect(JSON.parse(text)).toEqual({
      args: ['dpo', '--config', path.join(folder, 'config.yaml'), '--output_dir', path.join(folder, 'model')],
      cwd: place.folder,
      run: folder,
    });
    expect(readFileSync(path.join(folder, 'config.yaml'), 'utf8')).toBe(RECIPE);
    expect(problemsOfRun(folder)).toEqual([]);
  });

  it('is ended at once by a stop before its first step, and can be started again', async () => {
    const place = scripted('import time\ntime.sleep(60 if not os.path.exists("again") else 0)\n');
    expect((await place.run(['train', 'recipes/dpo.yaml', '--detach'])).code).toBe(0);
    const [folder = ''] = runsOf(place);
    await until(
      async () =>
        existsSync(path.join(folder, 'output.log')) &&
        readFileSync(path.join(folder, 'output.log'), 'utf8').includes('started'),
      60_000,
    );
    expect((await place.run(['stop', 'last'])).code).toBe(0);
    expect((await readAt(folder)).state).toBe('stopped');
    place.write('again', '');
    expect((await ended(place, ['resume', 'last'])).end).toMatchObject({ state: 'completed' });
  });

  it('is not started without its environment, with errors in its config, or where nothing is to sweep', async () => {
    const place = scripted('');
    const none = await place.run(['sweep', 'recipes/dpo.yaml']);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('names no betas to sweep. Give them: --beta');
    place.write('recipes/bad.yaml', RECIPE.replace('beta: 0.1', 'beta: 0'));
    expect(await place.run(['train', 'recipes/bad.yaml'])).toMatchObject({ code: 2, stdout: '' });
    place.write('recipes/other.yaml', LLAMA_FACTORY);
    const lacking = await place.run(['train', 'recipes/other.yaml']);
    expect(lacking).toMatchObject({ code: 2, stdout: '' });
    expect(lacking.stderr).toMatch(/^llama-factory cannot start: none of these has llamafactory: .*\.venv/);
    expect(place.runs).toEqual([]);
  });

  it('of a Python script is swept where the script takes beta, and continues as it was started', async () => {
    const place = scripted('');
    place.write(
      'train.py',
      `${SCRIPTED}print("beta", os.environ.get("BETA"), flush=True)\nopen("seen", "a").write(str(os.environ.get("BETA")))\nsys.exit(0 if os.path.exists("fixed") else 3)\n`,
    );
    const refused = await place.run(['sweep', 'train.py', '--beta', '0.1,0.4']);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('say how it takes beta');
    const { code } = await ended(place, ['sweep', 'train.py', '--beta', '0.1,0.4', '--beta-as', 'env:BETA']);
    expect(code).toBe(1);
    const logs = runsOf(place).map((folder) => readFileSync(path.join(folder, 'output.log'), 'utf8'));
    expect(logs.map((log) => /^beta (.*)$/m.exec(log)?.[1])).toEqual(['0.1', '0.4']);
    place.write('fixed', '');
    expect((await ended(place, ['resume', path.basename(runsOf(place)[1] ?? '')])).end).toMatchObject({
      state: 'completed',
    });
    expect(readFileSync(place.path('seen'), 'utf8')).toBe('0.10.40.4');
    expect((await place.run(['train', 'train.py', '--', '--model', 'a b'])).code).toBe(0);
    expect(readFileSync(path.join(runsOf(place).at(-1) ?? '', 'output.log'), 'utf8')).toContain(
      '"args": ["--model", "a b"]',
    );
  });

  it('names the cost of references that its arms cannot share', async () => {
    const place = scripted('', 'trl', `${RECIPE}sync_ref_model: true\n`);
    const { stderr } = await place.run(['sweep', 'recipes/dpo.yaml', '--beta', '0.1,0.2']);
    expect(stderr).toMatch(
      /^Each of the 2 runs computes the reference log-probabilities again .* because sync_ref_model/,
    );
  });
});

const LLAMA_FACTORY = `model_name_or_path: model
stage: dpo
do_train: true
finetuning_type: lora
dataset: pairs
template: default
pref_beta: 0.1
output_dir: saves
`;
