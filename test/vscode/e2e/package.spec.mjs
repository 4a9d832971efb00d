import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleNames, PYTHON_PARSER } from '../../../scripts/bundles.mjs';
import { putTinyModel } from '../host/tiny-experiment.mjs';

const CONFIG = `model: ./model
objective:
  beta: 0.1
data:
  train: pairs.jsonl
  max_length: 128
training:
  method: full
  steps: 20
  batch_size: 4 # too few, which is to be said
`;

/** What a user does first with a package that was just installed. */
export default {
  name: 'package',
  installed: true,
  workspace: { 'tiny.dpo.yaml': CONFIG },
  async run({ page, host, step, shot, ws, extensions }) {
    const row = (/** @type {string | RegExp} */ label) =>
      page.locator('.sidebar .monaco-list-row').filter({ hasText: label }).first();

    await step('is installed with all files that its manifest names, and one library', async () => {
      const folder = path.join(
        extensions,
        readdirSync(extensions).find((name) => name.startsWith('dpo-lab.')) ?? '',
      );
      const manifest = readFileSync(path.join(folder, 'package.json'), 'utf8');
      const named = [...manifest.matchAll(/"(?:\.\/)?((?:dist|media|schema)\/[^"]+)"/g)];
      const opened = ['examples/goldilocks/policy/model.safetensors', 'examples/broken/experiment.dpo.yaml'];
      assert.equal(readdirSync(path.join(folder, 'dist')).filter((name) => name.endsWith('.whl')).length, 1);
      // Programs and parsers that are loaded when first needed. The command line has a package of its own.
      const loaded = [
        ...bundleNames.filter((name) => name !== 'cli').map((name) => `${name}.js`),
        ...PYTHON_PARSER.map((file) => path.basename(file)),
      ].map((name) => `dist/${name}`);
      for (const file of [...loaded, ...named.map(([, file = '']) => file), ...opened])
        assert.ok(existsSync(path.join(folder, file)), `${file} is missing`);
      const libraries = path.join(folder, 'dist/node_modules/onnxruntime-node/bin/napi-v6');
      assert.deepEqual(readdirSync(libraries, { recursive: true }).sort(), [
        'linux',
        'linux/x64',
        'linux/x64/libonnxruntime.so.1',
        'linux/x64/onnxruntime_binding.node',
      ]);
    });

    await step('checks a config', async () => {
      putTinyModel(ws);
      await host.openFile('tiny.dpo.yaml');
      await host.runCommand('Problems: Focus on Problems View');
      await page.locator('.markers-panel .marker-code', { hasText: 'OPT005' }).waitFor();
    });

    await step('trains it to the end with the trainer that it brought along', async () => {
      await host.runCommand('View: Hide Panel');
      await page.locator('.codelens-decoration a', { hasText: 'Train' }).first().click();
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await row(/tiny.*completed/).waitFor();
      const runs = path.join(ws, '.dpo/runs');
      const [id = ''] = readdirSync(runs);
      assert.ok(existsSync(path.join(runs, id, 'model/model.safetensors')));
      const { versions } = JSON.parse(readFileSync(path.join(runs, id, 'run.json'), 'utf8'));
      assert.ok(versions.vscode);
      await shot('package');
    });
  },
};
