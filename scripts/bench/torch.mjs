import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { root } from '../bundles.mjs';
import { preparePython, run as runProgram } from '../python-env.mjs';
import { prepareSmolLm2 } from '../python-smollm2.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const BETAS = scaled([0.4, 0.2, 0.1, 0.05, 0.025], [0.4, 0.2]);
/** Inside the project, where the reader of pairs finds what it loads. */
const PROGRAMS = path.join(root, '.cache/bench');
const MEASURE = path.join(root, 'scripts/bench/torch_child.py');
/** Of the tests: what it computes means nothing. */
const TINY_MODEL = path.join(root, 'test/trainer/fixtures/trl/model');
const RANDOM_MODEL = path.join(root, 'scripts/bench/random_model.py');
const TARGETS = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];

/**
 * @typedef {{ code: number, wall: number, processor: number, peakBytes: number }} Measured seconds and bytes
 * @typedef {{ tokens: number, train: number, heldOut: number }} Told tokens a second; mean loss of the steps, in nats; held-out loss at the end
 */

/**
 * Compares the torch trainer with TRL's own command line on the same model, pairs and settings: one run, and a sweep over
 * five betas. One process after another. On a GPU also with a model of a billion parameters. Says visibly what could not
 * be measured.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureTorch({ python, model, print, fail }) {
  const environment = python === undefined ? preparePython() : { python };
  if ('reason' in environment)
    return fail(`NOT MEASURED: there is no Python with TRL: ${environment.reason}`);
  const interpreter = environment.python;
  const usual = scaled(
    () => prepareSmolLm2(interpreter),
    () => ({ folder: TINY_MODEL }),
  );
  const found = model === undefined ? usual() : { folder: path.resolve(model) };
  if ('reason' in found) return fail(`NOT MEASURED: there is no model: ${found.reason}`);
  const setup = await loadTypeScript('scripts/bench/torch-setup.ts');
  const folder = temporaryFolder('dpo-lab-bench-');
  runProgram(process.execPath, [path.join(root, 'scripts/build.mjs'), 'onnx-trainer', '--outdir', PROGRAMS]);
  const device = hasGpu(interpreter) ? 'cuda' : 'cpu';
  /** @param {string} model */
  const measure = (model) => compare({ interpreter, model, device, folder, setup, print });
  setup.writePairs(path.join(folder, 'pairs'), device);
  measure(found.folder);
  if (device === 'cpu')
    return print('LEFT OUT: there is no GPU, so bf16 and a model of a billion parameters were not measured.');
  const large = path.join(folder, 'random-llama');
  const made = spawnSync(interpreter, [RANDOM_MODEL, found.folder, large], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`No large model could be made: ${made.stderr.slice(-800)}`);
  print(`random-llama: ${made.stdout.trim()}`);
  measure(large);
}

/**
 * @typedef {object} Bench
 * @property {string} interpreter
 * @property {string} model its folder
 * @property {'cpu' | 'cuda'} device
 * @property {string} folder for all that is written
 * @property {any} setup
 * @property {(line: string) => void} print
 */

/** @param {Bench} bench */
function compare({ interpreter, model, device, folder, setup, print }) {
  const place = path.join(folder, path.basename(model));
  print(
    `${path.basename(model)}, LoRA of rank ${setup.SETTINGS['training.lora.rank']} on all linears, ${setup.PAIRS[device]} pairs, ${setup.SETTINGS['training.batch_size']} a step, ${setup.SETTINGS['training.micro_batch_size']} at once, gradient checkpointing, ${setup.HELD_OUT} pairs held out; ${device === 'cuda' ? 'GPU, bf16, peak memory of the GPU' : 'processor, float32'}; load average before ${loadavg()[0]?.toFixed(1)}`,
  );

  /** @param {string} name @param {string[]} command */
  const run = (name, command) => {
    const output = path.join(folder, `${name}.log`);
    const { status, stdout, stderr } = spawnSync(interpreter, [MEASURE, device, output, ...command], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PYTHONPATH: path.join(root, 'python/src'),
        PYTHONSAFEPATH: '1',
        DPO_LAB_ONNX_TRAINER: JSON.stringify([process.execPath, path.join(PROGRAMS, 'onnx-trainer.js')]),
      },
    });
    if (status !== 0) throw new Error(`${name} could not be measured: ${stderr.trim().split('\n').at(-1)}`);
    /** @type {Measured} */
    const measured = JSON.parse(stdout);
    const text = readFileSync(output, 'utf8');
    if (measured.code === 0) return { measured, text };
    throw new Error(`${name} ended with exit code ${measured.code}: ${text.slice(-800)}`);
  };
  /** @param {string} name @param {number[]} betas */
  const ours = (name, betas) => {
    const runs = betas.map((beta) => setup.writeRun(place, `${name}-${beta}`, model, beta, device));
    const { measured } = run(name, [interpreter, '-m', 'dpo_lab_trainer', ...runs]);
    return { measured, told: runs.map(toldByUs) };
  };

  const single = ours('one', BETAS.slice(0, 1));
  print(describe('DPO Lab, one run', single.measured, single.told));
  rmSync(path.join(place, '.dpo/references'), { recursive: true });
  const sweep = ours('sweep', BETAS);
  print(describe(`DPO Lab, ${BETAS.length} betas in one process`, sweep.measured, sweep.told));
  const peers = BETAS.map((beta) => {
    const { measured, text } = run(
      `trl-${beta}`,
      trlCommand(interpreter, { folder, model, beta, device, setup }),
    );
    const told = [toldByTrl(text)];
    print(describe(`TRL, beta ${beta}, reference precomputed`, measured, told));
    return { measured, told };
  });
  summarize(single, sweep, peers, print);
}

/** @typedef {{ measured: Measured, told: Told[] }} Runs */

/** @param {Runs} single @param {Runs} sweep @param {Runs[]} peers @param {(line: string) => void} print */
function summarize(single, sweep, peers, print) {
  /** @param {'wall' | 'processor'} clock */
  const shares = (clock) => {
    const all = peers.reduce((sum, { measured }) => sum + measured[clock], 0);
    return `${(sweep.measured[clock] / all).toFixed(2)} (${sweep.measured[clock].toFixed(0)} s of ${all.toFixed(0)} s)`;
  };
  const first = peers[0];
  if (!first) return;
  print(`sweep: share of ${BETAS.length} TRL runs by the wall clock ${shares('wall')}; target 0.6`);
  print(`sweep: share of ${BETAS.length} TRL runs by processor time ${shares('processor')}`);
  const [own, peer] = [single.told[0], first.told[0]];
  print(
    `one run: ${((own?.tokens ?? 0) / (peer?.tokens ?? 1)).toFixed(2)} times the tokens/s, ${(single.measured.processor / first.measured.processor).toFixed(2)} of the processor time and ${(single.measured.peakBytes / first.measured.peakBytes).toFixed(2)} of the memory; target: no slower, no more memory`,
  );
  const differences = sweep.told.map(({ heldOut }, index) =>
    Math.abs(heldOut - (peers[index]?.told[0]?.heldOut ?? Number.NaN)).toFixed(4),
  );
  print(`held-out losses at the end differ by ${differences.join(', ')} nats (the order of pairs differs)`);
}

/** @param {string} interpreter */
function hasGpu(interpreter) {
  const script = 'import torch, sys; sys.exit(0 if torch.cuda.is_available() else 1)';
  return spawnSync(interpreter, ['-I', '-c', script]).status === 0;
}

/**
 * @param {string} interpreter
 * @param {{ folder: string, model: string, beta: number, device: string, setup: any }} what
 */
function trlCommand(interpreter, { folder, model, beta, device, setup }) {
  const settings = setup.SETTINGS;
  const micro = settings['training.micro_batch_size'];
  /** @type {Record<string, string | number>} */
  const options = {
    model_name_or_path: model,
    dtype: device === 'cuda' ? 'bfloat16' : 'float32',
    dataset_name: path.join(folder, 'pairs'),
    output_dir: path.join(folder, `trl-${beta}`),
    beta,
    precompute_ref_log_probs: 'true',
    precompute_ref_batch_size: 4,
    num_train_epochs: settings['training.epochs'],
    per_device_train_batch_size: micro,
    per_device_eval_batch_size: 4,
    gradient_accumulation_steps: settings['training.batch_size'] / micro,
    learning_rate: settings['training.learning_rate'],
    lr_scheduler_type: 'linear',
    warmup_steps: 0.1,
    max_length: settings['data.max_length'],
    lora_r: settings['training.lora.rank'],
    lora_alpha: settings['training.lora.alpha'],
    lora_dropout: 0,
    logging_steps: 1,
    eval_strategy: 'epoch',
    save_strategy: 'no',
    report_to: 'none',
    disable_tqdm: 'true',
    bf16: String(device === 'cuda'),
    use_cpu: String(device === 'cpu'),
    dataloader_pin_memory: 'false',
  };
  const named = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = path.join(path.dirname(interpreter), 'trl');
  // Its first line names the interpreter where the environment was made, before it was moved into place.
  const start = existsSync(program) ? [interpreter, program] : [interpreter, '-m', 'trl.cli.main'];
  return [...start, 'dpo', ...named, '--use_peft', '--lora_target_modules', ...TARGETS];
}

/** @param {string} runFolder @returns {Told} */
function toldByUs(runFolder) {
  const lines = readFileSync(path.join(runFolder, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const steps = lines.filter(({ split }) => split === 'train').map(({ values }) => values);
  return {
    tokens: mean(steps.map(({ tokens_per_second }) => tokens_per_second)),
    train: mean(steps.map(({ loss }) => loss)),
    heldOut: lines.filter(({ split }) => split === 'eval').at(-1)?.values.loss,
  };
}

/** TRL prints a Python dictionary for each step. @param {string} text @returns {Told} */
function toldByTrl(text) {
  /** @param {string} name */
  const all = (name) =>
    [...text.matchAll(new RegExp(`'${name}': '?([-+.\\deE]+)`, 'g'))].map(([, value]) => Number(value));
  const seconds = (all('train_runtime').at(-1) ?? 0) - (all('eval_runtime').at(-1) ?? 0);
  return {
    tokens: (all('num_tokens').at(-1) ?? 0) / seconds,
    train: mean(all('loss')),
    heldOut: all('eval_loss').at(-1) ?? Number.NaN,
  };
}

/** @param {string} name @param {Measured} measured @param {Told[]} told */
function describe(name, { wall, processor, peakBytes }, told) {
  const tokens = told.map(({ tokens }) => tokens.toFixed(0)).join(', ');
  const losses = told.map(({ heldOut }) => heldOut.toFixed(4)).join(', ');
  return `${name}: ${wall.toFixed(0)} s wall clock, ${processor.toFixed(0)} s of processor time, ${tokens} tokens/s in training, peak memory ${(peakBytes / 1e9).toFixed(2)} GB, held-out loss ${losses}`;
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
