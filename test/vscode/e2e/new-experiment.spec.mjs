import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const PAIR = {
  prompt: 'Why is the sky blue?',
  chosen: 'Air scatters blue light.',
  rejected: 'It is blue paint.',
};

export default {
  name: 'new experiment',
  workspace: { 'pairs/train.jsonl': `${JSON.stringify(PAIR)}\n`.repeat(40) },
  async run({ page, host, step, shot, ws }) {
    const dialog = page.locator('.quick-input-widget');
    const choice = (/** @type {string} */ text) =>
      dialog.locator('.monaco-list-row', { hasText: text }).first();
    const asks = (/** @type {string} */ text) => dialog.locator(`input[placeholder^="${text}"]`).waitFor();
    const goBack = () => dialog.locator('[aria-label^="Back"]').first().click();
    const configs = () => readdirSync(ws).filter((file) => file.endsWith('.dpo.yaml'));

    await step('is offered where there is none', async () => {
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      const button = page.locator('.sidebar .welcome-view-content a.monaco-button', {
        hasText: 'New Experiment',
      });
      await button.waitFor();
      await shot('experiments-empty');
      await button.click();
      await asks('Starting policy');
    });

    await step('can be given up, and leaves nothing behind', async () => {
      await shot('new-experiment-1-model');
      await dialog.locator('input').fill('org/typed-model');
      await choice('org/typed-model').click();
      await asks('Preference pairs');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      assert.deepEqual(configs(), []);
    });

    await step('asks for model, data, reference, beta and trainer, and goes back', async () => {
      await host.runCommand('DPO Lab: New Experiment');
      await asks('Starting policy');
      await choice('HuggingFaceTB/SmolLM2-135M-Instruct').click();
      await asks('Preference pairs');
      await shot('new-experiment-2-data');
      await dialog.locator('input').fill('org/dataset');
      await choice('hub dataset, as typed').click();
      await asks('Split');
      await goBack();
      await asks('Preference pairs');
      await choice('pairs/train.jsonl').click();
      await asks('Reference');
      await shot('new-experiment-3-reference');
      await choice('Another model').click();
      await asks('Reference model');
      await goBack();
      await choice('Same as the starting policy').click();
      await asks('Beta');
      await shot('new-experiment-4-beta');
      await goBack();
      await asks('Reference');
      await choice('Same as the starting policy').click();
      await choice('Sweep 0.1').click();
      await asks('How to train');
      await shot('new-experiment-5-trainer');
      await choice('LoRA, embedded trainer').click();
      await asks('File name');
      await shot('new-experiment-6-name');
      assert.deepEqual(configs(), []);
    });

    await step('writes a config that has no errors, and opens it', async () => {
      await dialog.locator('input').fill('first');
      await page.keyboard.press('Enter');
      await page.locator('.tab.active[data-resource-name="first.dpo.yaml"]').waitFor();
      const text = readFileSync(path.join(ws, 'first.dpo.yaml'), 'utf8');
      assert.match(text, /^model: HuggingFaceTB\/SmolLM2-135M-Instruct$/m);
      assert.match(text, /^ {2}train: pairs\/train\.jsonl$/m);
      assert.match(text, /^ {2}policy: same$/m);
      assert.match(text, /^ {2}beta: \[0\.1, 0\.05, 0\.02, 0\.01, 0\.005\]$/m);
      await page.locator('.codelens-decoration a', { hasText: 'Reference:' }).waitFor();
      await page.waitForTimeout(1500);
      assert.equal(await page.locator('.squiggly-error').count(), 0);
      await shot('new-experiment-7-written');
    });

    await step('is listed with its model', async () => {
      await page.locator('.sidebar .monaco-list-row', { hasText: 'first.dpo.yaml' }).waitFor();
      await shot('experiments-filled');
    });

    await step('asks before it replaces a file', async () => {
      const before = readFileSync(path.join(ws, 'first.dpo.yaml'), 'utf8');
      await host.runCommand('DPO Lab: New Experiment');
      await choice('allenai/tulu-2-7b').click();
      await asks('Preference pairs');
      await choice('pairs/train.jsonl').click();
      await choice('None').click();
      await asks('Beta');
      await dialog.locator('input').fill('0.5');
      await choice('one value, as typed').click();
      await choice('Full fine-tuning').click();
      await asks('File name');
      await dialog.locator('input').fill('first.dpo.yaml');
      await page.keyboard.press('Enter');
      await page.locator('.monaco-dialog-box', { hasText: 'exists already' }).waitFor();
      await page
        .locator('.monaco-dialog-box a.monaco-button, .monaco-dialog-box .monaco-button', {
          hasText: 'Cancel',
        })
        .first()
        .click();
      assert.equal(readFileSync(path.join(ws, 'first.dpo.yaml'), 'utf8'), before);
      await asks('File name');
      await dialog.locator('input').fill('second');
      await page.keyboard.press('Enter');
      await page.locator('.tab.active[data-resource-name="second.dpo.yaml"]').waitFor();
      assert.ok(existsSync(path.join(ws, 'second.dpo.yaml')));
      assert.match(readFileSync(path.join(ws, 'second.dpo.yaml'), 'utf8'), /^ {2}policy: none$/m);
    });

    await step('has its reference switched', async () => {
      await host.runCommand('DPO Lab: Switch Reference');
      await shot('switch-reference');
      await choice('Same as the starting policy').click();
      await host.editorLine('policy: same').waitFor();
    });

    await step('without a folder becomes an unsaved document', async () => {
      const empty = new URL(host.address);
      empty.searchParams.delete('folder');
      empty.searchParams.set('ew', 'true');
      await page.goto(empty.href);
      await page.locator('.statusbar-item').first().waitFor();
      await host.runCommand('DPO Lab: New Experiment');
      await choice('allenai/tulu-2-7b').click();
      await choice('HuggingFaceH4/ultrafeedback_binarized').click();
      await choice('Same as the starting policy').click();
      await choice('The best in the paper for tulu').click();
      await choice('LoRA, PyTorch').click();
      await host.editorLine('model: allenai/tulu-2-7b').waitFor();
      await host.editorLine('beta: 0.02').waitFor();
      await page.locator('.tab[data-resource-name="tulu-2-7b.dpo.yaml"].dirty').waitFor();
      // Checked although it is not saved.
      await page.locator('.codelens-decoration a', { hasText: 'Reference:' }).waitFor();
      await host.notification('not saved yet');
      await shot('new-experiment-untitled');
    });
  },
};
