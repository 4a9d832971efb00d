const CONFIG = `model: HuggingFaceTB/SmolLM2-135M-Instruct

reference:
  policy: same

objective:
  loss: sigmoid
  beta: 0.1

data:
  train: data/train.jsonl
  max_lenght: 1024

training:
  method: lora
  learning_rate: 0.0005
`;

const PAIR = {
  prompt: 'Why is the sky blue?',
  chosen: 'Air scatters blue light most.',
  rejected: 'It is paint.',
};

/** Nothing is asserted about colours: the pictures are for looking at. The steps make sure that each has its subject. */
export default {
  name: 'appearance',
  workspace: {
    'experiments/mistral.dpo.yaml': CONFIG,
    'experiments/data/train.jsonl': `${JSON.stringify(PAIR)}\n`.repeat(40),
    'experiments/tulu.dpo.yaml': CONFIG.replace('0.1', '0.02')
      .replace('max_lenght', 'max_length')
      .replace('0.0005', '5.0e-6'),
    'other.dpo.json':
      '{ "model": "org/model", "objective": { "beta": 0.001 }, "data": { "train": "org/data" } }\n',
  },
  async run({ page, host, step, shot }) {
    const line = (/** @type {string} */ text) => host.editorLine(text);
    await step('shows problems and lenses', async () => {
      await host.openFile('experiments/mistral.dpo.yaml');
      await page.locator('.squiggly-error').first().waitFor();
      await page.locator('.codelens-decoration a', { hasText: 'Reference:' }).waitFor();
    });
    for (const [theme, name] of Object.entries(THEMES)) {
      await step(`looks right in ${theme}`, async () => {
        await host.setTheme(/** @type {any} */ (theme));
        await host.problems(await problemCount(page));
        await hoverOver(page, line('learning_rate:'), '0.0005');
        await page.locator('.monaco-hover .hover-row', { hasText: 'OPT001' }).waitFor();
        await settle(page);
        await shot(`${name}-problem`);
        await leave(page);

        await hoverOver(page, line('beta:'), 'beta');
        await page.locator('.monaco-hover .hover-row', { hasText: '16.25' }).waitFor();
        await settle(page);
        await shot(`${name}-hover`);
        await leave(page);

        await line('loss:').click();
        await page.keyboard.press('End');
        await page.keyboard.press('Control+Shift+ArrowLeft');
        await page.keyboard.press('Backspace');
        await page.keyboard.press('Control+Space');
        await page.locator('.suggest-widget .monaco-list-row', { hasText: 'hinge' }).waitFor();
        await settle(page);
        await shot(`${name}-completion`);
        await page.keyboard.press('Escape');
        await page.keyboard.press('Control+z');

        await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
        await page.locator('.sidebar .monaco-list-row', { hasText: 'other.dpo.json' }).waitFor();
        await shot(`${name}-experiments`);
        await host.runCommand('View: Show Explorer');
      });
    }
    await step('opens the page of a rule from its code', async () => {
      await host.setTheme('Default Dark Modern');
      await host.problems(await problemCount(page));
      await page.locator('.markers-panel .marker-code', { hasText: 'KEY001' }).click();
      await host.webview().locator('h1', { hasText: 'KEY001' }).waitFor();
      await shot('dark-rule-page');
    });
  },
};

const THEMES = {
  'Default Dark Modern': 'dark',
  'Default Light Modern': 'light',
  'Default High Contrast': 'hc-dark',
  'Default High Contrast Light': 'hc-light',
};

/** @param {any} page */
async function problemCount(page) {
  const label = await page.locator('.statusbar-item[id="status.problems"] a').getAttribute('aria-label');
  return [...(label ?? '').matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0);
}

/** Takes the pointer off the editor, so that its hover goes. @param {any} page */
async function leave(page) {
  await page.mouse.move(20, 600);
  await page.locator('.monaco-hover .hover-row').first().waitFor({ state: 'hidden' });
}

/** Widgets fade in even with reduced motion. @param {any} page */
function settle(page) {
  return page.waitForTimeout(400);
}

/** Rests the pointer on a word of a line. @param {any} page @param {any} line @param {string} word */
async function hoverOver(page, line, word) {
  const box = await line.locator('span span', { hasText: word }).first().boundingBox();
  await page.mouse.move(box.x + 4, box.y + box.height / 2, { steps: 3 });
}
