import assert from 'node:assert/strict';

const STEPS = ['Open an example', 'Read a warning', 'Sweep beta', 'Read the curve'];

/** The pictures are for looking at. */
export default {
  name: 'walkthrough',
  workspace: { 'notes.txt': 'Nothing here yet.\n' },
  async run({ page, host, step, shot }) {
    const stepTitle = (/** @type {string} */ title) =>
      page.locator('.getting-started-step', { hasText: title }).first();

    await step('is found and has four steps', async () => {
      await host.runCommand('Welcome: Open Walkthrough...');
      await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'From pairs' }).click();
      for (const title of STEPS) await stepTitle(title).waitFor();
      assert.equal(await page.locator('.getting-started-step').count(), STEPS.length);
    });

    for (const [theme, name] of Object.entries(THEMES)) {
      await step(`looks right in ${theme}`, async () => {
        await host.setTheme(/** @type {any} */ (theme));
        for (const [index, title] of STEPS.entries()) {
          await stepTitle(title).click();
          await page.locator('.getting-started-step.expanded', { hasText: title }).waitFor();
          await host.webview().locator('svg').waitFor();
          // The picture of the step before stays until this one is there.
          await page.waitForTimeout(700);
          await shot(`walkthrough-${name}-${index + 1}`);
        }
      });
    }

    await step('ticks a step off when its command was used, and stays in sight', async () => {
      const warning = stepTitle('Read a warning');
      await warning.click();
      await warning.locator('.codicon-getting-started-step-unchecked').first().waitFor();
      await page
        .locator('.getting-started-step.expanded .monaco-button', { hasText: 'Explain BETA001' })
        .click();
      await page.locator('.tab', { hasText: 'BETA001' }).waitFor();
      await warning.locator('.codicon-getting-started-step-checked').first().waitFor();
      await shot('walkthrough-ticked');
    });
  },
};

const THEMES = {
  'Default Dark Modern': 'dark',
  'Default Light Modern': 'light',
};
