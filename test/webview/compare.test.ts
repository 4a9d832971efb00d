import { describe, expect, it } from 'vitest';
import { comparePageOf } from '../../src/core/panels/compare-page';
import type { ToPanel } from '../../src/core/panels/protocol';
import type { ArmDetails } from '../../src/core/panels/sweep-arm';
import { noBrowser, type PanelPage, setTheme, usePanels } from './panel-page';
import { part, range } from './run-messages';
import { knownArm } from './sweep-arms';

const STEPS = range(1, 200);
const EVALUATIONS = [0, 100, 200];

/** A page of these runs, and a few curves of each. */
function compared(runs: readonly ArmDetails[], missing: readonly string[] = []): ToPanel[] {
  const curves = runs.map(
    ({ folder, run }): ToPanel => ({
      kind: 'curves',
      run: folder,
      restart: true,
      parts: [
        part({ name: 'log_ratio_margin', steps: STEPS, value: (step) => step / 40 }),
        part({ name: 'reward_margin', steps: STEPS, value: (step) => 777 + step }),
        part({ name: 'loss', steps: STEPS, value: (step) => 0.69 - step / 1000 }),
        part({ name: 'accuracy', split: 'eval', steps: EVALUATIONS, value: (step) => 0.5 + step / 1000 }),
        part({
          name: 'eos_drift',
          split: 'eval',
          steps: EVALUATIONS,
          value: (step) => (-step / 1000) * (run ? 1 : 2),
        }),
      ],
    }),
  );
  return [{ kind: 'page', page: comparePageOf(runs, missing) }, ...curves];
}

describe.skipIf(noBrowser !== undefined)(
  `compare panel${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    const open = usePanels();

    const TWO = [
      knownArm({ beta: 0.1 }),
      knownArm({
        beta: 0.02,
        state: 'running',
        alarms: [
          { code: 'RUN005', severity: 'info', step: 40, message: 'That is normal.' },
          { code: 'RUN006', severity: 'warning', step: 50, message: 'Some texts do not end.' },
          { code: 'RUN006', severity: 'error', step: 140, message: 'Most texts do not end.' },
        ],
      }),
    ];
    const chart = ({ page }: PanelPage, title: string) =>
      page.getByRole('figure', { name: title, exact: true });
    const titles = ({ page }: PanelPage): Promise<string[]> =>
      page.locator('figure:not([hidden]) h3').allInnerTexts();

    it('lays runs over one another, and lists what differs and nothing else', async () => {
      const panel = await open(compared(TWO));
      await chart(panel, 'EOS drift').locator('canvas').waitFor();
      expect(
        await panel.page.getByRole('list', { name: 'Runs', exact: true }).ariaSnapshot(),
      ).toMatchInlineSnapshot(`
        "- list "Runs":
          - listitem:
            - checkbox "beta 0.1" [checked]
            - strong: beta 0.1
            - text: Completed, step 500 of 500 (100 %), after 20 s.
            - button "Open beta 0.1": Open
          - listitem:
            - checkbox "beta 0.02" [checked]
            - strong: beta 0.02
            - text: Running, step 120 of 500 (24 %), about 15 s left.
            - list "Alarms of beta 0.02":
              - listitem: error, texts stop ending (step 140)
            - button "Open beta 0.02": Open"
      `);
      expect(await panel.page.getByRole('main').innerText()).toContain('Only beta differs.');
      const [first, second] = TWO;
      if (!first?.run || !second) throw new Error('There are no runs.');
      const shorter = { ...first.run.config, data: { max_length: 512 } };
      await panel.send(compared([{ ...first, run: { ...first.run, config: shorter } }, second]));
      const differing = panel.page.getByRole('region', { name: 'Settings that differ, table' });
      expect(
        (await differing.getByRole('row').allInnerTexts()).map((row: string) => row.split('\t')),
      ).toEqual([
        ['Setting', 'beta 0.1', 'beta 0.02'],
        ['objective.beta', '0.1', '0.02'],
        ['data.max_length', '512', '-'],
      ]);
    });

    it('marks an alarm on the line of its run, and says it under the cursor', async () => {
      const panel = await open(compared(TWO));
      const eos = chart(panel, 'EOS drift');
      await eos.locator('canvas').waitFor();
      const place = eos.getByRole('slider');
      // Points are at 0, 100 and 200: arrows stop at the mark between them as well.
      for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await place.press(key);
      await expect
        .poll(() => eos.locator('.chart-note').innerText())
        .toContain('beta 0.02: texts stop ending (step 140)');
      await panel.page.getByRole('checkbox', { name: 'beta 0.02' }).press('Space');
      await expect.poll(() => eos.locator('.chart-note').textContent()).toBe('');
    });

    it('shows rewards divided by beta, and says on which pairs', async () => {
      const panel = await open(compared(TWO));
      await chart(panel, 'EOS drift').locator('canvas').waitFor();
      expect(await titles(panel)).toEqual([
        'Loss',
        'Rewards divided by beta: margin',
        'Accuracy',
        'EOS drift',
      ]);
      const margin = chart(panel, 'Rewards divided by beta: margin');
      expect(await margin.locator('.chart-unit').innerText()).toBe('nats, training');
      expect(await chart(panel, 'Accuracy').locator('.chart-unit').innerText()).toBe('of pairs, held out');
      expect(await chart(panel, 'Loss').locator('.chart-about').textContent()).toContain(
        'Losses of different betas cannot be compared',
      );
      expect(await panel.page.getByRole('main').innerText()).not.toContain('977');
    });

    it('says on which pairs a metric of a trainer of its own was measured, which has no unit', async () => {
      const rouge = TWO.map(
        ({ folder }): ToPanel => ({
          kind: 'curves',
          run: folder,
          restart: false,
          parts: [part({ name: 'my/rouge', split: 'eval', steps: EVALUATIONS, value: (step) => step / 500 })],
        }),
      );
      const panel = await open([...compared(TWO), ...rouge]);
      await chart(panel, 'my/rouge').waitFor();
      expect(await chart(panel, 'my/rouge').locator('.chart-unit').innerText()).toBe('held out');
    });

    it('hides a run in all charts, and keeps that', async () => {
      const panel = await open(compared(TWO));
      await panel.page.getByRole('checkbox', { name: 'beta 0.02' }).press('Space');
      const legend = chart(panel, 'Loss').getByRole('list');
      await expect.poll(() => legend.innerText()).not.toContain('beta 0.02');
      const kept = (await panel.page.evaluate('window.kept')) as { navigation: unknown };
      const again = await open(compared(TWO), { kept: kept.navigation });
      expect(await again.page.getByRole('checkbox', { name: 'beta 0.02' }).isChecked()).toBe(false);
      for (const nonsense of [{ hidden: 5, charts: 'x', split: 1, scroll: 'far' }, 'nothing'])
        await chart(await open(compared(TWO), { kept: nonsense }), 'Loss')
          .locator('canvas')
          .waitFor();
    });

    it('tells many runs apart in 350 pixels, and says which are gone', async () => {
      const many = [0.1, 0.05, 0.02, 0.01].flatMap((beta) =>
        [0, 1, 2].map((seed) => knownArm({ beta, seed })),
      );
      const panel = await open(compared(many, ['20261124-225829-beta0.5-gone']), { width: 350 });
      await chart(panel, 'Loss').scrollIntoViewIfNeeded();
      await chart(panel, 'Loss').locator('canvas').waitFor();
      await setTheme(panel, 'high contrast');
      expect(await panel.page.evaluate('document.documentElement.scrollWidth')).toBe(350);
      expect(await panel.page.getByRole('checkbox', { name: 'beta 0.01, seed 2' }).count()).toBe(1);
      expect(await panel.page.getByRole('main').innerText()).toContain('Not there any more');
    });
  },
);
