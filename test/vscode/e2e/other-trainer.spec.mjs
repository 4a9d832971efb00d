import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { putTinyModel } from '../host/tiny-experiment.mjs';

const python = process.env.DPO_LAB_TEST_PYTHON;

/** As recipes of the alignment handbook are written, for `trl dpo` in the folder above. */
const RECIPE = `# Model arguments
model_name_or_path: model
dtype: float32

# Data training arguments
dataset_name: data

# DPO trainer config
beta: 0.1
loss_type: sigmoid
learning_rate: 2.0e-3
max_length: 64
max_steps: 300
per_device_train_batch_size: 2
gradient_checkpointing: false
bf16: false
use_cpu: true
logging_steps: 5
save_steps: 300
seed: 7
report_to: none
output_dir: out/dpo
`;

/** @param {string} folder of runs @param {string} id @returns {Record<string, any>[]} */
const metricsOf = (folder, id) =>
  readFileSync(path.join(folder, id, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** A config of TRL is trained by TRL, from the button above it. */
export default {
  name: 'other trainer',
  needs: () => (python === undefined ? 'DPO_LAB_TEST_PYTHON names no interpreter with TRL' : undefined),
  workspace: { 'recipes/dpo.yaml': RECIPE },
  limitMs: 600_000,
  async run({ page, host, step, shot, ws }) {
    const runs = path.join(ws, '.dpo/runs');
    const lens = (/** @type {string} */ text) => page.locator('.codelens-decoration a', { hasText: text });

    await step('is trained from its lens by its own command', async () => {
      putTinyModel(ws);
      symlinkSync(path.dirname(path.dirname(python ?? '')), path.join(ws, '.venv'));
      const rows = readFileSync(path.join(ws, 'pairs.jsonl'), 'utf8').trim().split('\n');
      const pairs = rows
        .map((row) => JSON.parse(row))
        .map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected }));
      const data = path.join(ws, 'data');
      mkdirSync(data);
      writeFileSync(
        path.join(data, 'train.jsonl'),
        pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''),
      );
      await host.openFile('recipes/dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await lens('Train').first().click();
      await host
        .webview()
        .getByText(/Running, .*step [1-9]\d* of 300/)
        .first()
        .waitFor({ timeout: 200_000 });
      await shot('other-trainer-running');
    });

    await step('stops with a checkpoint and continues from it', async () => {
      await host.webview().getByRole('button', { name: 'Stop' }).click();
      await host
        .webview()
        .getByText(/Stopped, step \d+ of 300/)
        .first()
        .waitFor({ timeout: 120_000 });
      const [id = ''] = readdirSync(runs);
      const { step: stoppedAt } = JSON.parse(readFileSync(path.join(runs, id, 'status.json'), 'utf8'));
      assert.ok(stoppedAt > 0 && stoppedAt < 300, `stopped at ${stoppedAt}`);
      await host.webview().getByRole('button', { name: 'Resume' }).click();
      await host.webview().getByText('Completed, step 300 of 300').first().waitFor({ timeout: 300_000 });
      const steps = metricsOf(runs, id)
        .filter(({ split }) => split === 'train')
        .map((line) => line.step);
      assert.deepEqual(steps, [...new Set(steps)], 'no step twice');
      assert.equal(steps.at(-1), 300);
      await shot('other-trainer-completed');
    });

    await step('leaves the file and its folder as they were', () => {
      assert.equal(readFileSync(path.join(ws, 'recipes/dpo.yaml'), 'utf8'), RECIPE);
      assert.ok(!readdirSync(ws).includes('out'));
    });
  },
};
