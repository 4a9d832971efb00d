import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { putTinyModel, tinyConfig } from '../host/tiny-experiment.mjs';

/** Some forty seconds an arm: time to stop one, and to reload the window while others go on. */
const CONFIG = tinyConfig(1500, {
  more: `  eval_every: 100
  save_every: 50
evaluation:
  probes: ["Say: bird 7 tree under snow", "Say: and on."]
  max_new_tokens: 24
sweep:
  beta: [0.2, 0.1, 0.05]
`,
});

/** What a user does from a config to its trained policies, with the real trainer. */
export default {
  name: 'runs',
  workspace: { 'tiny.dpo.yaml': CONFIG, 'broken.dpo.yaml': CONFIG.replace('beta: 0.1', 'beta: -1') },
  limitMs: 600_000,
  async run({ page, host, step, shot, ws }) {
    const lens = (/** @type {string} */ text) => page.locator('.codelens-decoration a', { hasText: text });
    const row = (/** @type {string | RegExp} */ label) =>
      page.locator('.sidebar .monaco-list-row').filter({ hasText: label }).first();
    const action = async (/** @type {any} */ item, /** @type {string} */ title) => {
      await item.hover();
      await item.locator(`.actions a[aria-label^="${title}"]`).click();
    };
    const runsFolder = path.join(ws, '.dpo/runs');
    const statusOf = (/** @type {string} */ id) =>
      JSON.parse(readFileSync(path.join(runsFolder, id, 'status.json'), 'utf8'));

    await step('says that there are no runs', async () => {
      putTinyModel(ws);
      await host.openFile('tiny.dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await page.locator('.sidebar', { hasText: 'No runs yet' }).first().waitFor();
      await row('tiny.dpo.yaml').waitFor();
      await lens('Train').waitFor();
      await shot('runs-empty');
    });

    await step('does not start a config with errors, and shows them', async () => {
      await action(row('broken.dpo.yaml'), 'Train');
      // First what takes the focus: it would leave what is typed for the notification to the editor.
      await page.locator('.tab.active[data-resource-name="broken.dpo.yaml"]').waitFor();
      const refused = await host.notification('nothing was started');
      await refused.locator('.monaco-button', { hasText: 'Show Problems' }).click();
      await page.locator('.markers-panel .marker-code', { hasText: 'BETA002' }).waitFor();
      assert.ok(!existsSync(runsFolder));
      await shot('runs-refused');
      await host.runCommand('Notifications: Clear All Notifications');
      await host.runCommand('View: Close Editor');
      await host.runCommand('View: Hide Panel');
    });

    await step('starts a sweep from its lens', async () => {
      // As people do who are used to files: it is started once.
      await lens('Sweep 3 betas').dblclick();
      await row('tiny, 3 arms').waitFor();
      await row(/beta 0\.2.*accuracy/).waitFor();
      await page.locator('.statusbar-item', { hasText: '3 runs' }).waitFor();
      assert.equal(readdirSync(runsFolder).length, 3);
      await shot('runs-busy');
    });

    await step('asks before it starts the same once more', async () => {
      await lens('Sweep 3 betas').click();
      const dialog = page.locator('.monaco-dialog-box', { hasText: '3 runs of tiny go on already' });
      await dialog.waitFor();
      await shot('runs-again');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      assert.equal(readdirSync(runsFolder).length, 3);
    });

    await step('stops an arm with a checkpoint', async () => {
      await action(row('beta 0.2'), 'Stop Run');
      await row(/beta 0\.2.*stopped/).waitFor();
      // The next arm is on its way: until then the list is drawn anew, and a click may find no row.
      await row(/beta 0\.1.*accuracy/).waitFor();
      await shot('runs-stopped');
    });

    await step('resumes it', async () => {
      await action(row('beta 0.2'), 'Resume Run');
      await row(/beta 0\.2(?!.*stopped)/).waitFor();
    });

    await step('finds it going on after the extension host was killed and the window reloaded', async () => {
      await host.runCommand('View: Show Explorer');
      const killed = host.server.extensionHosts();
      assert.ok(killed.length > 0);
      for (const pid of killed) process.kill(pid, 'SIGKILL');
      await page.locator('.statusbar-item', { hasText: /\d runs?/ }).waitFor({ state: 'detached' });
      await host.reload();
      // Before anything of the extension is looked at.
      await page.locator('.statusbar-item', { hasText: /\d runs?/ }).waitFor();
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await row(/tiny, 3 arms.*\d of 3 done/).waitFor();
      await row(/tiny, 3 arms.*completed/).waitFor({ timeout: 300_000 });
      for (const id of readdirSync(runsFolder)) assert.equal(statusOf(id).state, 'completed');
      // Nobody may have looked: it is told.
      await host.notification('tiny, 3 arms: completed.');
      await shot('runs-completed');
      await host.runCommand('Notifications: Clear All Notifications');
    });

    await step('tells in the config what came of it', async () => {
      await host.openFile('tiny.dpo.yaml');
      await lens('Last sweep: completed').waitFor();
      await lens('Held-out accuracy').waitFor();
      await lens('Log-probabilities: computed').waitFor();
      await shot('runs-lenses');
    });

    await step('does not replace a sweep by another one', async () => {
      await host.runCommand('DPO Lab: Add Sweep');
      await host.notification('has a sweep already');
      await host.editorLine('beta: [0.2, 0.1, 0.05]').waitFor();
      await host.runCommand('Notifications: Clear All Notifications');
    });

    await step('opens a run', async () => {
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      const sweep = row('tiny, 3 arms');
      if ((await sweep.getAttribute('aria-expanded')) === 'false') await sweep.click();
      await action(row('beta 0.1'), 'Open Run');
      await host.webview().locator('h1', { hasText: 'tiny, beta 0.1' }).waitFor();
      await shot('run-panel');
    });

    await step('deletes a run only after it was confirmed', async () => {
      const id = readdirSync(runsFolder).find((name) => name.includes('beta0.05'));
      await row('beta 0.05').click({ button: 'right' });
      const entry = page.locator('.context-view .action-label', { hasText: 'Delete Run' });
      await entry.hover();
      // A menu that has just opened takes no click, so that the one that opened it does nothing more.
      await page.waitForTimeout(500);
      await entry.click();
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      await shot('runs-delete');
      await dialog.locator('.monaco-button', { hasText: /^Delete$/ }).click();
      await row('tiny, 2 arms').waitFor();
      assert.ok(!existsSync(path.join(runsFolder, id ?? '')));
    });
  },
};
