import assert from 'node:assert/strict';

const CONFIG =
  'model: org/model\nobjective:\n  beta: -1\ndata:\n  train: missing.jsonl\n  eval_fraction: 0.1\n';

export default {
  name: 'untrusted workspace',
  workspace: { 'a.dpo.yaml': CONFIG },
  trusted: false,
  async run({ page, host, step, shot }) {
    const codes = async (/** @type {number} */ count) =>
      (await host.problems(count)).map(({ code }) => code.replace(/[()]/g, ''));

    await step('checks the text and reads nothing else', async () => {
      await host.openFile('a.dpo.yaml');
      await page.locator('.squiggly-error').first().waitFor();
      // Time in which the missing file would have been noticed.
      await page.waitForTimeout(2000);
      assert.deepEqual(await codes(1), ['BETA002']);
      await shot('untrusted');
    });

    await step('looks at models and data once it is trusted', async () => {
      await host.runCommand('Workspaces: Manage Workspace Trust');
      await page
        .locator('.workspace-trust-editor a.monaco-button, .workspace-trust-editor .monaco-button', {
          hasText: /^Trust$/,
        })
        .first()
        .click();
      assert.deepEqual((await codes(2)).sort(), ['BETA002', 'DATA006']);
    });
  },
};
