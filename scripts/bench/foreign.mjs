import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { root } from '../bundles.mjs';
import { preparePython, run as runProgram } from '../python-env.mjs';
import { prepareSmolLm2 } from '../python-smollm2.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const BETAS = [0.4, 0.2, 0.1, 0.05, 0.025];
const TINY_MODEL = path.join(root, 'test/trainer/fixtures/trl/model');
const CHILD = path.join(root, 'scripts/bench/foreign_child.py');

/**
 * What watching another trainer costs, and what a sweep saves: the share of a step that our callback takes in `trl dpo`,
 * and a sweep of `dpo-lab sweep` beside as many `trl dpo` with their own precomputation.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureForeign({ python, model, print, fail }) {
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
  const folder = temporaryFolder('dpo-lab-bench-');
  const programs = path.join(folder, 'programs');
  runProgram(process.execPath, [path.join(root, 'scripts/build.mjs'), '--outdir', programs]);
  const { writePairs, SETTINGS, PAIRS } = await loadTypeScript('scripts/bench/torch-setup.ts');
  writePairs(path.join(folder, 'pairs'), 'cpu');
  symlinkSync(path.dirname(path.dirname(interpreter)), path.join(folder, '.venv'));
  print(`load average before ${loadavg()[0]?.toFixed(1)}`);

  const { measureAdoption } = await loadTypeScript('scripts/bench/adopt.ts');
  const folders = scaled(1000, 10);
  const { first, idle, delay } = await measureAdoption(folder, folders);
  const adoption = `adopt: ${folders} folders in ${first.toFixed(1)} s, ${(1e3 * idle).toFixed(0)} ms where nothing is new, ${delay.toFixed(2)} s from a written step to its line; target 2 s`;
  if (delay > scaled(2, 60)) fail(adoption);
  else print(adoption);

  const tiny = config(TINY_MODEL, SETTINGS, { steps: scaled(300, 20), method: 'full' });
  measureCallback({ interpreter, folder, text: tiny, print, fail });

  // Six starts of PyTorch; test/job/other-trainer.test.ts sweeps in every test.
  if (scaled(false, true)) return print('LEFT OUT at its smallest: the sweep');
  print(
    `${path.basename(found.folder)}, LoRA of rank ${SETTINGS['training.lora.rank']} on all linears, ${PAIRS.cpu} pairs, ${SETTINGS['training.batch_size']} a step, ${BETAS.length} betas`,
  );
  writeFileSync(path.join(folder, 'sweep.yaml'), config(found.folder, SETTINGS, { method: 'lora' }));
  const ours = seconds(folder, process.execPath, [
    path.join(programs, 'cli.js'),
    ...['sweep', 'sweep.yaml', '--beta', BETAS.join(',')],
  ]);
  print(`dpo-lab sweep, one table for all: ${ours.toFixed(1)} s`);
  let theirs = 0;
  for (const beta of BETAS) {
    const trl = [path.join(path.dirname(interpreter), 'trl'), 'dpo', '--config', 'sweep.yaml'];
    const own = ['--beta', String(beta), '--output_dir', `own-${beta}`, '--precompute_ref_log_probs', 'true'];
    const took = seconds(folder, interpreter, [...trl, ...own]);
    print(`trl dpo, beta ${beta}, its own precomputation: ${took.toFixed(1)} s`);
    theirs += took;
  }
  const share = ours / theirs;
  const line = `sweep: ${share.toFixed(2)} of ${BETAS.length} trl dpo (${ours.toFixed(0)} s of ${theirs.toFixed(0)} s); target 0.6`;
  if (share > 0.6) fail(line);
  else print(line);
}

/**
 * In one process, so that the noise of two starts does not hide it: what the callback's own functions take between steps.
 *
 * @param {{ interpreter: string, folder: string, text: string, print: (line: string) => void, fail: (line: string) => void }} bench
 */
function measureCallback({ interpreter, folder, text, print, fail }) {
  const run = path.join(folder, 'watched');
  mkdirSync(run);
  writeFileSync(path.join(run, 'config.yaml'), text);
  const { status, stdout, stderr } = spawnSync(
    interpreter,
    [CHILD, path.join(run, 'config.yaml'), path.join(run, 'out')],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        DPO_LAB_RUN: run,
        PYTHONPATH: path.join(root, 'python/src/dpo_lab_trainer/inject'),
      },
    },
  );
  if (status !== 0) throw new Error(`The callback could not be measured: ${stderr.slice(-800)}`);
  const { steps, step, callback } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  const share = callback / step;
  const line = `callback: ${(100 * share).toFixed(2)} % of a step (${(1e3 * callback).toFixed(2)} ms of ${(1e3 * step).toFixed(1)} ms, medians of ${steps} steps of a model of 28,000 parameters, each logged); target 2 %`;
  if (share > scaled(0.02, 1)) fail(line);
  else print(line);
}

/**
 * @param {string} folder @param {string} program @param {string[]} args
 * @returns {number} of the wall clock
 */
function seconds(folder, program, args) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stdout.slice(-500)}${stderr.slice(-800)}`);
  return (performance.now() - start) / 1000;
}

/**
 * @param {string} model @param {any} settings @param {{ steps?: number, method: 'full' | 'lora' }} options
 */
function config(model, settings, { steps, method }) {
  const micro = settings['training.micro_batch_size'];
  const lora = `use_peft: true
lora_r: ${settings['training.lora.rank']}
lora_alpha: ${settings['training.lora.alpha']}
lora_dropout: 0
lora_target_modules: all-linear
`;
  return `model_name_or_path: ${model}
dtype: float32
dataset_name: pairs
beta: 0.1
loss_type: sigmoid
max_length: ${settings['data.max_length']}
${steps === undefined ? `num_train_epochs: ${settings['training.epochs']}` : `max_steps: ${steps}`}
per_device_train_batch_size: ${micro}
per_device_eval_batch_size: 4
gradient_accumulation_steps: ${settings['training.batch_size'] / micro}
learning_rate: ${settings['training.learning_rate']}
logging_steps: 1
eval_strategy: 'no'
save_strategy: 'no'
report_to: none
disable_tqdm: true
bf16: false
use_cpu: true
dataloader_pin_memory: false
output_dir: out
${method === 'lora' ? lora : ''}`;
}
