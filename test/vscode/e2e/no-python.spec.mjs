import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { putTinyModel, tinyConfig } from '../host/tiny-experiment.mjs';

const TRAINER = path.resolve(import.meta.dirname, '../../job/scripted-torch.mjs');
const VERSIONS =
  '{"version": "3.12.1", "packages": {"torch": "2.13.0", "transformers": "5.18.0", "trl": "1.13.0", "peft": "0.21.0", "accelerate": "1.15.0", "datasets": "5.0.1"}}';
/** Has every package that training needs, and where it is to run the wheel (`-I -u -c CODE WHEEL`) trains as `scripted-torch.mjs` does. */
const PYTHON = `#!/bin/sh
if [ "$2" != -u ]; then echo '${VERSIONS}'; exit; fi
shift 5
exec '${process.execPath}' '${TRAINER}' "$@"
`;
const REASON = 'which backend.torch.python names, is not there.';

/** A run whose Python is not there: what somebody sees who did not look before, and mends it. */
export default {
  name: 'no-python',
  workspace: {
    'tiny.dpo.yaml': `# plays: completes\n${tinyConfig(10, { more: 'backend: { kind: torch, torch: { python: python/bin/python } }\n' })}`,
  },
  async run({ page, host, step, shot, ws }) {
    await step('fails, and says why in a notification', async () => {
      putTinyModel(ws);
      await host.openFile('tiny.dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await host.runCommand('DPO Lab: Train');
      await host.notification(REASON);
      const [id = ''] = readdirSync(path.join(ws, '.dpo/runs'));
      const status = JSON.parse(readFileSync(path.join(ws, '.dpo/runs', id, 'status.json'), 'utf8'));
      assert.equal(status.state, 'failed');
      assert.ok(!('handle' in status));
    });

    await step('says so in the panel', async () => {
      await host.runCommand('Notifications: Clear All Notifications');
      await page
        .locator('.sidebar .monaco-list-row', { hasText: /tiny, beta.*failed/ })
        .first()
        .dblclick();
      await host.webview().getByText(REASON).first().waitFor();
      await shot('no-python');
    });

    await step('trains when it is mended and resumed', async () => {
      mkdirSync(path.join(ws, 'python/bin'), { recursive: true });
      writeFileSync(path.join(ws, 'python/bin/python'), PYTHON);
      chmodSync(path.join(ws, 'python/bin/python'), 0o755);
      await host.webview().getByRole('button', { name: 'Retry' }).click();
      await host.webview().getByText('Completed, step 5 of 5').first().waitFor();
      await host.webview().getByText(REASON).waitFor({ state: 'detached' });
    });
  },
};
