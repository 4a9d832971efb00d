import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { root } from '../bundles.mjs';
import { preparePython } from '../python-env.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { bundleTypeScript, loadTypeScript } from '../typescript.mjs';
import { scaled } from './scale.mjs';

const WARM_UP_STEPS = scaled(2, 1);
const MEASURED_STEPS = scaled(8, 1);
const TRL_SCRIPT = path.join(root, 'scripts/bench/train_trl.py');

/**
 * @typedef {{ wall: number, processor: number }} Times seconds
 * @typedef {{ times: Times[], peakBytes: number, products?: number, rows?: number, torch?: string }} Measured
 * @typedef {{ tokens: number, peak: number }} Figures tokens a second and bytes
 */

/**
 * Compares our trainer with TRL's DPOTrainer on the same model and pairs, each in a process of its own, one after
 * another. Says visibly what could not be measured.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureTraining({ python, print, fail }) {
  const setup = await loadTypeScript('scripts/bench/train-setup.ts');
  const own = await bundleTypeScript('scripts/bench/train-own.ts');
  const folder = temporaryFolder('dpo-lab-bench-');
  const model = path.join(folder, 'model');
  setup.writeModel(model);
  const pairs = setup.randomPairs(setup.PAIRS_A_STEP * (WARM_UP_STEPS + MEASURED_STEPS));
  const tokens = 2 * setup.PAIRS_A_STEP * setup.TOKENS_A_SEQUENCE;
  print(
    `training: SmolLM2-135M's shapes with random weights in float32, LoRA of rank ${setup.TUNING.rank} on all linears, ${setup.PAIRS_A_STEP} pairs of ${setup.TOKENS_A_SEQUENCE} tokens a step, ${setup.PROMPT_TOKENS} of them the prompt; ${availableParallelism()} threads; load average before ${loadavg()[0]?.toFixed(1)}`,
  );
  print(
    `tokens are those that TRL processes, ${tokens} a step; ${MEASURED_STEPS} steps after ${WARM_UP_STEPS}`,
  );

  /**
   * @param {string} program
   * @param {string} script
   * @param {Record<string, unknown>} request
   * @returns {Measured}
   */
  const runChild = (program, script, request) => {
    const file = path.join(folder, 'request.json');
    writeFileSync(file, JSON.stringify(request));
    const { status, signal, stdout, stderr } = spawnSync(program, [script, file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    throw new Error(
      `${path.basename(script)} ended with ${signal ?? `exit code ${status}`}: ${stderr.slice(-500)}`,
    );
  };
  /** @param {Record<string, unknown>} request */
  const runOwn = (request) => runChild(process.execPath, own, { model, pairs, profile: 'fast', ...request });
  const rate = rateOf(runOwn({ what: 'products' }));
  print(`matrix products of onnxruntime: ${rate.toFixed(0)} GFLOP/s`);
  /** @param {string} name @param {Record<string, unknown>} request */
  const train = (name, request) => {
    const measured = runOwn({ what: 'training', ...request });
    const { line, figures } = describe(name, measured, tokens);
    const reached = (measured.products ?? 0) / 1e9 / median(walls(measured)) / rate;
    print(
      `${line}; ${measured.rows} rows a step, ${((measured.products ?? 0) / 1e9).toFixed(0)} GFLOP in products, ${(100 * reached).toFixed(0)} % of that rate`,
    );
    return figures;
  };
  const ours = [
    train('DPO Lab', { samePrompt: true, profile: 'fast' }),
    train('DPO Lab, profile lean', { samePrompt: true, profile: 'lean' }),
    train('DPO Lab, prompts of a pair different, so that nothing is shared', { samePrompt: false }),
  ];

  const peer = python === undefined ? preparePython() : { python };
  if ('reason' in peer) {
    return fail(
      `TRL NOT MEASURED: ${peer.reason}. Give an interpreter that has test/torch/requirements.txt: npm run bench train -- --python PATH`,
    );
  }
  const lora = {
    r: setup.TUNING.rank,
    lora_alpha: setup.TUNING.alpha,
    target_modules: setup.TUNING.targets,
  };
  /** @param {Record<string, unknown>} request */
  const runTrl = (request) => runChild(peer.python, TRL_SCRIPT, request);
  const shapes = { rows: tokens, width: setup.CONFIG.hidden_size, inner: setup.CONFIG.intermediate_size };
  const torch = runTrl({ what: 'products', ...shapes });
  print(`matrix products of torch ${torch.torch}: ${rateOf(torch).toFixed(0)} GFLOP/s`);
  /** @param {string} name @param {string} what */
  const peerTrains = (name, what) => {
    const request = { what, model, pairs, pairsAStep: setup.PAIRS_A_STEP, lora };
    const { line, figures } = describe(name, runTrl(request), tokens);
    print(line);
    return figures;
  };
  const precomputed = peerTrains('TRL, reference precomputed, no gradient checkpointing', 'precomputed');
  peerTrains('TRL, reference in every step (its default), no gradient checkpointing', 'default');
  peerTrains('TRL, reference precomputed, gradient checkpointing (its default)', 'checkpointing');

  const best = ours.map(
    (figures) =>
      `${(figures.tokens / precomputed.tokens).toFixed(2)} times the tokens/s at ${(figures.peak / precomputed.peak).toFixed(2)} times the memory`,
  );
  print(
    `against TRL with the reference precomputed: ${best[0]} (lean: ${best[1]}; nothing shared: ${best[2]}); target 1.5 times at no more memory`,
  );
}

/**
 * @param {string} name
 * @param {Measured} measured
 * @param {number} tokens a step
 * @returns {{ line: string, figures: Figures }}
 */
function describe(name, measured, tokens) {
  const seconds = walls(measured);
  const figures = { tokens: tokens / median(seconds), peak: measured.peakBytes };
  const fastest = tokens / Math.min(...seconds);
  const processor = median(measured.times.slice(WARM_UP_STEPS).map((times) => times.processor));
  const line = `${name}: ${figures.tokens.toFixed(0)} tokens/s median (best step ${fastest.toFixed(0)}), ${processor.toFixed(2)} s of processor time a step, peak memory ${(figures.peak / 1e9).toFixed(2)} GB`;
  return { line, figures };
}

/** @param {Measured} measured */
function walls(measured) {
  return measured.times.slice(WARM_UP_STEPS).map(({ wall }) => wall);
}

/** GFLOP/s of the fastest round. @param {Measured} measured */
function rateOf(measured) {
  return (measured.products ?? 0) / 1e9 / Math.min(...walls(measured));
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
