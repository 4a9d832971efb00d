import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../host/paths.mjs';

const FIXTURES = path.join(repoRoot, 'test/trainer/fixtures/trl');

/** Two seconds an arm. */
const CONFIG = `model: ./model
reference:
  policy: same
  logprobs: compute
data:
  train: pairs.jsonl
  eval_fraction: 0.2
  max_length: 128
training:
  method: full
  steps: 4
  batch_size: 8
  learning_rate: 5.0e-4
sweep:
  beta: [0.2, 0.1, 0.05]
`;

/** From one seed to a button, to more seeds in the same panel, and on to runs over one another. */
export default {
  name: 'sweep panel',
  workspace: { 'tiny.dpo.yaml': CONFIG },
  limitMs: 400_000,
  async run({ page, host, step, shot, ws }) {
    const panel = () => host.webview();
    const tab = (/** @type {string} */ title) => page.locator('.tab', { hasText: title }).first();

    await step('says what to run next, and does it at the press of a button', async () => {
      cpSync(path.join(FIXTURES, 'model'), path.join(ws, 'model'), { recursive: true });
      cpSync(path.join(FIXTURES, 'strings.jsonl'), path.join(ws, 'pairs.jsonl'));
      await host.openFile('tiny.dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await page.locator('.codelens-decoration a', { hasText: 'Sweep 3 betas' }).click();
      const row = page.locator('.sidebar .monaco-list-row').filter({ hasText: 'tiny, 3 arms' }).first();
      await row.waitFor();
      await row.hover();
      await row.locator('.actions a[aria-label="Open Sweep"]').click();
      await tab('tiny, beta sweep').waitFor();
      await panel().getByRole('heading', { name: 'Not decided yet' }).waitFor({ timeout: 120_000 });
      await shot('sweep-panel-undecided');
      const train = panel().getByRole('button', { name: /^Train \d+ more runs$/ });
      const words = await panel().locator('.next').innerText();
      await train.click();
      const more = Number(/(\d+) more runs/.exec(words)?.[1]);
      await panel().getByText(`${more} arms of other sweeps`).waitFor({ timeout: 60_000 });
      await panel()
        .getByRole('heading', { name: /^(Not decided yet|Take beta)/ })
        .waitFor({ timeout: 240_000 });
      assert.equal(await panel().locator('.arms tbody tr').count(), 3 + more);
    });

    await step('opens an arm, and lays arms over one another', async () => {
      await panel()
        .getByRole('button', { name: /^Open beta 0.2, seed/ })
        .first()
        .click();
      await tab('tiny, beta 0.2').waitFor();
      await tab('tiny, beta sweep').click();
      await panel().getByRole('checkbox', { name: 'Compare beta 0.2, seed 0' }).click();
      await panel().getByRole('checkbox', { name: 'Compare beta 0.1, seed 0' }).click();
      await panel().getByRole('button', { name: 'Compare 2 arms' }).click();
      await tab('Compare 2 runs').waitFor();
      await panel().getByRole('heading', { name: 'What differs' }).waitFor();
      await shot('compare-panel');
    });
  },
};
