import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { putTinyModel, tinyConfig } from '../host/tiny-experiment.mjs';

/** About fifteen seconds an arm: time to look at one while it goes on, and to reload the window. */
const CONFIG = tinyConfig(500, {
  more: `  eval_every: 100
  save_every: 100
evaluation:
  probes: ["Say: bird 7 tree under snow", "Say: and on."]
  max_new_tokens: 24
sweep:
  beta: [0.2, 0.05]
`,
});

/** Panels about runs of the real trainer, while they go on and afterwards. */
export default {
  name: 'panels',
  // It opens panels from rows and commands.
  settings: { 'dpoLab.openPanelOnStart': false },
  workspace: { 'tiny.dpo.yaml': CONFIG },
  limitMs: 600_000,
  async run({ page, host, step, shot, ws }) {
    const row = (/** @type {string | RegExp} */ label) =>
      page.locator('.sidebar .monaco-list-row').filter({ hasText: label }).first();
    const tab = (/** @type {string} */ title) => page.locator('.tab', { hasText: title }).first();
    const action = async (/** @type {any} */ item, /** @type {string} */ title) => {
      await item.hover();
      await item.locator(`.actions a[aria-label^="${title}"]`).click();
    };
    const heading = (/** @type {string | RegExp} */ text) => host.webview().locator('h1', { hasText: text });
    const runsFolder = path.join(ws, '.dpo/runs');
    const idOf = (/** @type {string} */ arm) => readdirSync(runsFolder).find((id) => id.includes(arm)) ?? '';
    const stepNow = () =>
      Number(JSON.parse(readFileSync(path.join(runsFolder, idOf('beta0.2'), 'status.json'), 'utf8')).step);
    /** What a content security policy refused, and errors of panels. @type {string[]} */
    const refused = [];
    page.on('console', (/** @type {any} */ message) => {
      const text = message.text();
      const isOurs = /panel\.js|panel\.css/.test(`${text} ${message.location().url}`);
      if (message.type() === 'error' && isOurs) refused.push(text);
    });

    await step('opens a run by a click, while it goes on', async () => {
      putTinyModel(ws);
      await host.openFile('tiny.dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await page.locator('.codelens-decoration a', { hasText: 'Sweep 2 betas' }).click();
      await row('tiny, 2 arms').waitFor();
      await row('beta 0.2').click();
      await heading('tiny, beta 0.2').waitFor();
      await tab('tiny, beta 0.2').waitFor();
    });

    await step('follows it', async () => {
      const told = async () => {
        const text = await host.webview().locator('body').innerText();
        return Number(/step ([\d,]+) of 500/i.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
      };
      await host
        .webview()
        .getByText(/step [\d,]+ of 500/i)
        .first()
        .waitFor();
      const first = await told();
      const deadline = Date.now() + 30_000;
      while ((await told()) <= first && stepNow() < 500) {
        if (Date.now() > deadline) throw new Error(`the panel stays at step ${first}`);
        await page.waitForTimeout(100);
      }
      assert.ok((await told()) > first, `the panel stayed at step ${first}`);
      await shot('panel-run-live');
    });

    await step('finds it again after a reload, filled', async () => {
      await host.runCommand('View: Show Explorer');
      await host.reload();
      await tab('tiny, beta 0.2').waitFor();
      await heading('tiny, beta 0.2').waitFor();
      await host
        .webview()
        .getByText(/step [\d,]+ of 500/i)
        .first()
        .waitFor();
      await shot('panel-run-restored');
    });

    await step('opens a sweep from its row', async () => {
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await action(row('tiny, 2 arms'), 'Open Sweep');
      await tab('tiny, beta sweep').waitFor();
      await heading('tiny, beta sweep').waitFor();
      await shot('panel-sweep-live');
      await row(/tiny, 2 arms.*completed/).waitFor({ timeout: 300_000 });
    });

    await step('shows a hidden panel filled', async () => {
      await tab('tiny, beta 0.2').click();
      await heading('tiny, beta 0.2').waitFor();
      await host
        .webview()
        .getByText(/completed/i)
        .first()
        .waitFor();
      await shot('panel-run-completed');
    });

    await step('inspects pairs, token by token', async () => {
      await row('beta 0.2').click({ button: 'right' });
      const entry = page.locator('.context-view .action-label', { hasText: 'Inspect Pairs' });
      await entry.hover();
      // A menu that has just opened takes no click, so that the one that opened it does nothing more.
      await page.waitForTimeout(500);
      await entry.click();
      await tab('tiny, beta 0.2, pairs').waitFor();
      await host.webview().locator('.pair .token').first().waitFor();
      assert.equal(inspecting(idOf('beta0.2')), 1);
      await host.webview().locator('.pair-row').nth(2).click();
      await host.webview().locator('.pair-row[aria-selected="true"]').nth(0).waitFor();
      await shot('panel-pairs');
    });

    await step('ends the program that scores pairs with its panel', async () => {
      await tab('tiny, beta 0.2, pairs').click();
      await host.runCommand('View: Close Editor');
      const deadline = Date.now() + 20_000;
      while (inspecting(idOf('beta0.2')) > 0) {
        if (Date.now() > deadline) throw new Error('it still runs');
        await page.waitForTimeout(100);
      }
    });

    await step('says that a run is gone which is deleted while it is shown', async () => {
      await tab('tiny, beta 0.2').click();
      await heading('tiny, beta 0.2').waitFor();
      await row('beta 0.2').click({ button: 'right' });
      const entry = page.locator('.context-view .action-label', { hasText: 'Delete Run' });
      await entry.hover();
      await page.waitForTimeout(500);
      await entry.click();
      await page.locator('.monaco-dialog-box .monaco-button', { hasText: /^Delete$/ }).click();
      await heading('not there any more').waitFor();
      assert.equal(idOf('beta0.2'), '');
      await shot('panel-gone');
    });

    await step('runs one script and was refused nothing', async () => {
      const policy = await host
        .webview()
        .locator('meta[http-equiv="Content-Security-Policy"]')
        .getAttribute('content');
      assert.match(policy ?? '', /^default-src 'none'; script-src 'nonce-[\w+/=]{20,}'; style-src /);
      assert.equal(await host.webview().locator('body script').count(), 0);
      assert.deepEqual(refused, []);
    });
  },
};

/** Processes that score pairs of a run. @param {string} id */
function inspecting(id) {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes('\0inspect\0') && command.includes(id);
    } catch {
      return false;
    }
  }).length;
}
