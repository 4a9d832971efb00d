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

    const button = (/** @type {string} */ title) =>
      page.locator('.getting-started-step.expanded .monaco-button', { hasText: title });
    const mark = (/** @type {string} */ title, /** @type {string} */ how) =>
      stepTitle(title).locator(`.codicon-getting-started-step-${how}`).first();

    await step('opens the example, and is not content with a cancelled dialog', async () => {
      await stepTitle(STEPS[0]).click();
      await button('Open Example').click();
      const dialog = page.locator('.quick-input-widget .monaco-button', { hasText: 'Copy Examples Here' });
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await mark(STEPS[0], 'unchecked').waitFor();
      await button('Open Example').click();
      await dialog.click();
      await page.locator('.tab[data-resource-name="goldilocks.dpo.yaml"]').waitFor();
      await mark(STEPS[0], 'checked').waitFor();
    });

    await step('opens the config with mistakes at its side, without asking again', async () => {
      await stepTitle(STEPS[1]).click();
      await button('Open the Broken Config').click();
      await page.locator('.tab[data-resource-name="experiment.dpo.yaml"]').waitFor();
      await page.locator('.squiggly-error').first().waitFor();
      await mark(STEPS[1], 'unchecked').waitFor();
      await button('Explain OPT001').click();
      await page.locator('.tab', { hasText: 'OPT001' }).waitFor();
      await mark(STEPS[1], 'checked').waitFor();
      await shot('walkthrough-ticked');
    });
  },
};

const THEMES = {
  'Default Dark Modern': 'dark',
  'Default Light Modern': 'light',
};
