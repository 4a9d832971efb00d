import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const CONFIG = 'model: org/model\nobjective:\n  beta: 0.1\ndata:\n  train: org/data\n';
const ID = '20261123-141530-beta0.1-aaaa';
const RUN = {
  format: 1,
  id: ID,
  created: Date.UTC(2026, 10, 23),
  backend: 'onnx',
  config: { objective: { beta: 0.1 } },
  configFile: '/w/a.dpo.yaml',
  configText: CONFIG,
  configHash: '',
  baseFolder: '/w',
  dataFolder: '/w/.dpo',
  versions: {},
};

/** Every command that starts a process. A keybinding calls one as another extension would: no menu stands before it. */
const COMMANDS = [
  'dpoLab.train',
  'dpoLab.sweepBeta',
  'dpoLab.resumeRun',
  'dpoLab.computeReference',
  'dpoLab.compareReference',
  'dpoLab.checkEnvironment',
  'dpoLab.setUpEnvironment',
  'dpoLab.inspectPairs',
];

export default {
  name: 'untrusted runs',
  workspace: { 'a.dpo.yaml': CONFIG, [`.dpo/runs/${ID}/run.json`]: JSON.stringify(RUN) },
  trusted: false,
  async run({ page, host, step, shot, ws }) {
    writeFileSync(
      path.join(host.server.profile.userData, 'User/keybindings.json'),
      JSON.stringify(
        COMMANDS.map((command, index) => ({
          key: `ctrl+alt+${index + 1}`,
          command,
          ...(/Run|Pairs/.test(command) && { args: ID }),
        })),
      ),
    );
    await step('lists no runs, and says why', async () => {
      await host.reload();
      await host.openFile('a.dpo.yaml');
      await page.locator('.codelens-decoration a', { hasText: 'Reference:' }).waitFor();
      assert.equal(await page.locator('.codelens-decoration a', { hasText: 'Train' }).count(), 0);
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await page.locator('.sidebar', { hasText: 'once this workspace is trusted' }).first().waitFor();
      assert.equal(await page.locator('.sidebar .monaco-list-row', { hasText: 'a, beta 0.1' }).count(), 0);
      await shot('untrusted-runs');
    });
    for (const [index, command] of COMMANDS.entries()) {
      await step(`refuses ${command}`, async () => {
        await host.runCommand('Notifications: Clear All Notifications');
        await host.editorLine('beta: 0.1').click();
        await page.keyboard.press(`Control+Alt+${index + 1}`);
        await host.notification('not trusted');
      });
    }
    await step('has started nothing', () => {
      assert.ok(!existsSync(path.join(ws, '.dpo/sweeps')));
      assert.ok(!existsSync(path.join(ws, '.dpo/references')));
      assert.ok(!existsSync(path.join(ws, '.venv')));
      assert.ok(!existsSync(path.join(ws, '.dpo/runs', ID, 'status.json')));
      return Promise.resolve();
    });
    const run = page.locator('.sidebar .monaco-list-row', { hasText: /a, beta 0\.1.*interrupted/ });
    await step('lists them once it is trusted', async () => {
      await host.runCommand('Workspaces: Manage Workspace Trust');
      const button = '.workspace-trust-editor a.monaco-button, .workspace-trust-editor .monaco-button';
      await page
        .locator(button, { hasText: /^Trust$/ })
        .first()
        .click();
      await run.waitFor();
      await host.runCommand('View: Close Editor');
    });
    await step('shows nothing of a run whose panel outlived the trust', async () => {
      // They would cover what is clicked.
      await host.runCommand('Notifications: Clear All Notifications');
      await run.click();
      await host
        .webview()
        .locator('h1', { hasText: /a, beta 0\.1/ })
        .waitFor();
      await host.runCommand('Workspaces: Manage Workspace Trust');
      const trusted = page.locator('.workspace-trust-editor .monaco-list-row').first();
      await trusted.hover();
      await trusted.locator('a[aria-label="Delete Path"]').click();
      await page.locator('.sidebar', { hasText: 'once this workspace is trusted' }).first().waitFor();
      await host.runCommand('View: Show Explorer');
      await host.reload();
      await page
        .locator('.tab', { hasText: /a, beta 0\.1|not trusted/ })
        .first()
        .click();
      await host.webview().locator('h1', { hasText: 'not trusted' }).waitFor();
      await shot('untrusted-panel');
    });
  },
};
