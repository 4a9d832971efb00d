import { cpSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from './paths.mjs';

const FIXTURES = path.join(repoRoot, 'test/trainer/fixtures/trl');

/**
 * The text of an experiment that the real trainer trains within seconds: a hundred steps of 4 pairs take about three.
 *
 * @param {number} steps
 * @param {{ batchSize?: number, more?: string }} options more: further lines, the first ones of the section `training`
 */
export function tinyConfig(steps, { batchSize = 4, more = '' } = {}) {
  return `model: ./model
reference:
  policy: same
  logprobs: compute
objective:
  beta: 0.1
data:
  train: pairs.jsonl
  eval_fraction: 0.2
  max_length: 128
training:
  method: full
  steps: ${steps}
  batch_size: ${batchSize}
  learning_rate: 5.0e-4
${more}`;
}

/** Puts the model and the pairs of a tiny experiment beside its config. @param {string} folder */
export function putTinyModel(folder) {
  cpSync(path.join(FIXTURES, 'model'), path.join(folder, 'model'), { recursive: true });
  cpSync(path.join(FIXTURES, 'strings.jsonl'), path.join(folder, 'pairs.jsonl'));
}
