import assert from 'node:assert/strict';
import { putTinyModel, tinyConfig } from '../host/tiny-experiment.mjs';

/** Two seconds an arm. Answers are judged, without which no number of runs decides. */
const CONFIG = tinyConfig(4, {
  batchSize: 8,
  more: `evaluation:
  probes: ["Say: bird 7 tree under snow", "Say: and on.", "Say: hill.", "Say: 7 on slow."]
  max_new_tokens: 12
  judge: { kind: rules, path: judge.yaml }
sweep:
  beta: [0.2, 0.1, 0.05]
`,
});
const JUDGE = `rules:
  - { count: '\\w+', points: 1 }
`;

/** From one seed to a button, to more seeds in the same panel, and on to runs over one another. */
export default {
  name: 'sweep panel',
  workspace: { 'tiny.dpo.yaml': CONFIG, 'judge.yaml': JUDGE },
  limitMs: 400_000,
  async run({ page, host, step, shot, ws }) {
    const panel = () => host.webview();
    const tab = (/** @type {string} */ title) => page.locator('.tab', { hasText: title }).first();

    await step('says what to run next, and does it at the press of a button', async () => {
      putTinyModel(ws);
      await host.openFile('tiny.dpo.yaml');
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      await page.locator('.codelens-decoration a', { hasText: 'Sweep 3 betas' }).click();
      const row = page.locator('.sidebar .monaco-list-row').filter({ hasText: 'tiny, 3 arms' }).first();
      await row.waitFor();
      // The start has opened it beside the config. Closed, a click on the row brings it back, also while rows change.
      await tab('tiny, beta sweep').waitFor();
      await tab('tiny, beta sweep').click({ button: 'middle' });
      await tab('tiny, beta sweep').waitFor({ state: 'detached' });
      await row.click();
      await tab('tiny, beta sweep').waitFor();
      await panel()
        .getByRole('heading', { name: /^Best so far/ })
        .waitFor({ timeout: 120_000 });
      await shot('sweep-panel-undecided');
      const train = panel().getByRole('button', { name: /^Train \d+ more runs$/ });
      const more = Number(/\d+/.exec(await train.ariaSnapshot())?.[0]);
      await train.click();
      await panel().getByText(`${more} arms of other sweeps`).waitFor({ timeout: 60_000 });
      await panel()
        .getByRole('heading', { name: /^(Best so far|Take beta)/ })
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
      await panel().getByRole('heading', { name: 'Compare 2 runs of tiny' }).waitFor();
      await shot('compare-panel');
    });
  },
};
