import { describe, expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import { noBrowser, type PanelPage, setTheme, usePanels } from './panel-page';
import { decidedSweep, knownArm, RUN_ON, sweepMessage } from './sweep-arms';

describe.skipIf(noBrowser !== undefined)(
  `sweep panel${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    const open = usePanels();

    const chart = ({ page }: PanelPage, title: string) =>
      page.getByRole('figure', { name: title, exact: true });
    const drawn = (panel: PanelPage, title: string) => chart(panel, title).locator('canvas').waitFor();
    const answer = ({ page }: PanelPage) => page.getByRole('region', { name: 'What the sweep says' });
    const titles = ({ page }: PanelPage): Promise<string[]> =>
      page.locator('figure:not([hidden]) h3').allInnerTexts();
    const betasInRows = ({ page }: PanelPage): Promise<string[]> =>
      page.locator('.arms tbody th').allInnerTexts();

    it('says which beta to take, and why, before anything else', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      expect(await answer(panel).ariaSnapshot()).toMatchInlineSnapshot(`
        "- region "What the sweep says":
          - heading "Take beta 0.02" [level=2]
          - paragraph: "Beta 0.02 is better than every other beta tried, with 95 % confidence. Its win rate is 71 % (69 % to 72 %) on 71 held-out prompts, which had no part in the choice, over 3 seeds. How much trainings differ is estimated from all betas together, because few seeds of one cannot show it. At beta 0.005 only 40 % of its texts end by themselves (reference: 100 %). Held-out accuracy (highest at beta 0.1, 70 %) does not decide: it ranks answers that are given, and may rise while the answers that the policy writes get worse."
          - paragraph: "Only beta 0.02 is not excluded: each other one is shown to be worse."
          - button "Use beta 0.02""
      `);
      await drawn(panel, 'Win rate');
      expect(await titles(panel)).toEqual([
        'Win rate',
        'Text length',
        'Texts that end',
        'EOS drift',
        'KL',
        'Accuracy',
        'Win rate by KL',
        'In the paper',
      ]);
      expect(await chart(panel, 'Win rate').getByRole('list').innerText()).toContain('71 % (70 to 72)');
      expect(await panel.page.locator('.arms tbody tr').nth(6).innerText()).toContain('take this');
    });

    it('has a button for what to run next where the data does not decide', async () => {
      const arms = [0.1, 0.05, 0.02].map((beta, index) =>
        knownArm({ beta, winRate: [0.5, 0.7, 0.6][index] ?? 0 }),
      );
      const panel = await open([sweepMessage(arms)]);
      expect(await answer(panel).ariaSnapshot()).toMatchInlineSnapshot(`
        "- region "What the sweep says":
          - 'heading "Best so far: beta 0.05 (70 % win rate, 1 seed)" [level=2]'
          - paragraph: "Highest win rate: beta 0.05, 70 % on 90 prompts, with one seed. No beta is taken before a second seed has shown how much trainings differ. Clearly lower: beta 0.02 (60 %) and 0.1 (50 %). Held-out accuracy (highest at beta 0.1, 70 %) does not decide: it ranks answers that are given, and may rise while the answers that the policy writes get worse."
          - paragraph: "Only beta 0.05 is not excluded: each other one is shown to be worse."
          - paragraph:
            - strong: "Next:"
            - text: "Beta 0.05 with 3 seeds each: 2 more runs, about 40 s. One seed cannot show how much trainings differ."
          - button "Use beta 0.05"
          - button "Train 2 more runs""
      `);
      await answer(panel).getByRole('button', { name: 'Use beta 0.05' }).press('Enter');
      expect((await panel.said()).at(-1)).toEqual({
        kind: 'do',
        action: { kind: 'useBeta', config: '/home/ada/goldilocks/goldilocks.dpo.yaml', beta: 0.05 },
      });
      await answer(panel).getByRole('button', { name: 'Train 2 more runs' }).press('Enter');
      expect((await panel.said()).at(-1)).toEqual({
        kind: 'do',
        action: {
          kind: 'sweepBeta',
          config: '/home/ada/goldilocks/goldilocks.dpo.yaml',
          betas: [0.05],
          seeds: 3,
        },
      });
    });

    it('maps win rates over beta and learning rate, where arms have several', async () => {
      const arms = [1e-6, 5e-6].flatMap((learningRate) =>
        [0.1, 0.05].map((beta) =>
          knownArm({
            beta,
            learningRate,
            winRate: 0.5 + 2e4 * learningRate * beta * 10,
            changes: { kl: 1e5 * learningRate },
          }),
        ),
      );
      const panel = await open([sweepMessage(arms)]);
      const map = panel.page.getByRole('region', { name: 'Beta by learning rate' });
      expect(await map.ariaSnapshot()).toMatchInlineSnapshot(`
        "- region "Beta by learning rate":
          - heading "Beta by learning rate" [level=2]
          - table:
            - rowgroup:
              - row "Beta Rate 1e-6 Rate 5e-6":
                - columnheader "Beta"
                - columnheader "Rate 1e-6"
                - columnheader "Rate 5e-6"
            - rowgroup:
              - row "0.1 52 %, KL 0.1 60 %, KL 0.5":
                - rowheader "0.1"
                - cell "52 %, KL 0.1"
                - cell "60 %, KL 0.5"
              - row "0.05 51 %, KL 0.1 55 %, KL 0.5":
                - rowheader "0.05"
                - cell "51 %, KL 0.1"
                - cell "55 %, KL 0.5"
          - paragraph: "KL 0.1 nats a token: beta 0.1 at 1e-6 and beta 0.05 at 1e-6. KL 0.3 nats a token: beta 0.1 at 3e-6 and beta 0.05 at 3e-6.""
      `);
    });

    it('has a table for each chart, with every seed', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      await chart(panel, 'Text length')
        .getByRole('button', { name: 'Show Text length as a table' })
        .press('Enter');
      await chart(panel, 'Text length').getByRole('row').first().waitFor();
      const rows = await chart(panel, 'Text length').getByRole('row').allInnerTexts();
      expect(rows.map((row: string) => row.replaceAll('\t', ' | '))).toMatchInlineSnapshot(`
        [
          "beta | mean | seeds",
          "0.1 | 1.20 times | 1.20 times (seed 0), 1.20 times (seed 1), 1.20 times (seed 2)",
          "0.05 | 1.25 times | 1.25 times (seed 0), 1.25 times (seed 1), 1.25 times (seed 2)",
          "0.02 | 1.32 times | 1.32 times (seed 0), 1.32 times (seed 1), 1.32 times (seed 2)",
          "0.01 | 1.40 times | 1.40 times (seed 0), 1.40 times (seed 1), 1.40 times (seed 2)",
          "0.005 | 3.00 times | 3.00 times (seed 0), 3.00 times (seed 1), 3.00 times (seed 2)",
        ]
      `);
    });

    it('shows the curve of the paper on axes of its own', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      const paper = chart(panel, 'In the paper');
      await paper.getByRole('button', { name: 'Show In the paper as a table' }).click();
      await paper.getByRole('row').first().waitFor();
      const rows: string[] = await paper.getByRole('row').allInnerTexts();
      expect(rows[0]).toContain('mistral-7b-sft with itself as reference');
      expect(rows.at(-1)).toContain('12.36 %');
      await chart(panel, 'Win rate').getByRole('button', { name: 'Show Win rate as a table' }).click();
      await chart(panel, 'Win rate').getByRole('row').first().waitFor();
      expect(await chart(panel, 'Win rate').innerText()).not.toContain('12.36');
    });

    it('moves one cursor through all charts, from beta to beta', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      await drawn(panel, 'EOS drift');
      await chart(panel, 'Win rate').getByRole('slider').press('End');
      await chart(panel, 'Win rate').getByRole('slider').press('ArrowLeft');
      await expect
        .poll(() => chart(panel, 'EOS drift').locator('.chart-cursor').innerText())
        .toBe('beta 0.05');
      expect(await chart(panel, 'EOS drift').getByRole('list').innerText()).toContain('−1 nats');
    });

    it('sorts arms by any column, by keyboard, and keeps it', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      expect((await betasInRows(panel)).slice(0, 4)).toEqual(['0.1', '0.1', '0.1', '0.05']);
      const head = panel.page.getByRole('button', { name: 'Win rate', exact: true });
      await head.press('Enter');
      expect((await betasInRows(panel)).at(0)).toBe('0.005');
      expect(await panel.page.getByRole('columnheader', { name: 'Win rate' }).getAttribute('aria-sort')).toBe(
        'ascending',
      );
      await head.press('Enter');
      expect((await betasInRows(panel)).at(0)).toBe('0.02');
      const kept = (await panel.page.evaluate('window.kept')) as { navigation: unknown };
      const again = await open([sweepMessage(decidedSweep())], { kept: kept.navigation });
      expect((await betasInRows(again)).at(0)).toBe('0.02');
    });

    it('finds what was chosen again: arms, hidden lines and tables', async () => {
      const arms = decidedSweep();
      const panel = await open([sweepMessage(arms)]);
      await expect
        .poll(() => panel.page.getByRole('button', { name: 'Compare all 15 arms' }).count())
        .toBe(1);
      await panel.page.getByRole('checkbox', { name: 'Compare beta 0.1, seed 0' }).press('Space');
      await panel.page.getByRole('checkbox', { name: 'Compare beta 0.1, seed 1' }).press('Space');
      await chart(panel, 'Win rate').getByRole('button', { name: 'seeds' }).press('Enter');
      const frontier = 'Win rate by KL';
      await chart(panel, frontier)
        .getByRole('button', { name: `Show ${frontier} as a table` })
        .press('Enter');
      const kept = (await panel.page.evaluate('window.kept')) as { navigation: unknown };
      const again = await open([sweepMessage(arms)], { kept: kept.navigation });
      await again.page.getByRole('button', { name: 'Compare 2 arms' }).waitFor();
      await chart(again, frontier).getByRole('row').first().waitFor();
      const seeds = chart(again, 'Win rate').getByRole('button', { name: 'seeds' });
      expect(await seeds.getAttribute('aria-pressed')).toBe('false');
      expect(await again.page.getByRole('checkbox', { name: 'Compare beta 0.1, seed 1' }).isChecked()).toBe(
        true,
      );
    });

    it('draws each arm step by step from its first point, and those that train in front', async () => {
      const arms = [
        knownArm({ beta: 0.1, winRate: 0.6 }),
        knownArm({ beta: 0.05, state: 'running', isMeasured: false }),
        knownArm({ beta: 0.02, state: 'queued' }),
      ];
      const curve = (run: string): ToPanel => ({
        kind: 'curves',
        run,
        restart: true,
        parts: [
          {
            split: 'train',
            name: 'loss',
            steps: Uint32Array.of(1, 2),
            values: Float32Array.of(0.69, 0.6),
          },
        ],
      });
      const panel = await open([sweepMessage(arms), ...arms.slice(0, 1).map(({ folder }) => curve(folder))]);
      const legend = () => chart(panel, 'Loss').getByRole('list').innerText();
      await expect.poll(legend).toContain('beta 0.1');
      expect(await legend()).not.toContain('beta 0.05');
      await panel.send([curve(arms[1]?.folder ?? '')]);
      await expect.poll(legend).toContain('beta 0.05');
    });

    it.each([1400, 1000, 700, 400])('cuts off no column at %i pixels', async (width) => {
      const alarm = (code: string) => ({ code, severity: 'warning' as const, step: 9, message: 'Look.' });
      const arms = [0.1, 0.05, 0.02].map((beta) =>
        knownArm({ beta, winRate: 0.6, alarms: [alarm('RUN006'), alarm('RUN005'), alarm('RUN013')] }),
      );
      const panel = await open([sweepMessage(arms)], { width });
      const table = panel.page.getByRole('region', { name: 'Arms, table' });
      const [shown, whole] = await table.evaluate((element: Element) => [
        element.clientWidth,
        element.scrollWidth,
      ]);
      expect(whole).toBeLessThanOrEqual(shown);
      for (const title of ['Win rate', 'Length', 'Ended', 'EOS drift', 'KL', 'Margin / beta'])
        expect(await table.locator(`tbody [data-title="${title}"]`).first().isVisible()).toBe(true);
    });

    it('opens, stops and compares arms', async () => {
      const arms = [
        knownArm({ beta: 0.1, winRate: 0.6 }),
        knownArm({ beta: 0.05, state: 'running', winRate: 0.5 }),
        knownArm({ beta: 0.02, state: 'failed', isMeasured: false, error: 'The disk is full.' }),
      ];
      const { page, said } = await open([sweepMessage(arms)]);
      await page.getByRole('button', { name: 'Open beta 0.1, seed 0' }).press('Enter');
      await page.getByRole('button', { name: 'Stop beta 0.05, seed 0' }).press('Enter');
      await page.getByRole('button', { name: 'Resume beta 0.02, seed 0' }).press('Enter');
      await page.getByRole('checkbox', { name: 'Compare beta 0.1, seed 0' }).press('Space');
      await page.getByRole('checkbox', { name: 'Compare beta 0.02, seed 0' }).press('Space');
      await page.getByRole('button', { name: 'Compare 2 arms' }).press('Enter');
      const folders = arms.map(({ folder }) => folder);
      expect((await said()).flatMap((message) => (message.kind === 'do' ? [message.action] : []))).toEqual([
        { kind: 'open', run: folders[0] },
        { kind: 'stop', run: folders[1] },
        { kind: 'resume', run: folders[2] },
        { kind: 'compare', runs: [folders[0], folders[2]] },
      ]);
    });

    it('resumes at once what a switched off machine has interrupted', async () => {
      const arms = [
        knownArm({ beta: 0.1, winRate: 0.6 }),
        knownArm({ beta: 0.05, state: 'interrupted', winRate: 0.5 }),
        knownArm({ beta: 0.02, state: 'failed', isMeasured: false, error: 'The disk is full.' }),
        knownArm({ beta: 0.01, state: 'interrupted', winRate: 0.5, isOther: true }),
      ];
      const { page, said, send } = await open([sweepMessage(arms)]);
      await page.getByRole('button', { name: 'Resume 2 arms' }).press('Enter');
      const action = { kind: 'resumeAll', runs: [arms[1]?.folder, arms[2]?.folder] };
      expect((await said()).at(-1)).toEqual({ kind: 'do', action });
      await send([sweepMessage([...arms.slice(0, 2), knownArm({ beta: 0.02, state: 'preparing' })])]);
      await page.getByRole('button', { name: 'Stop all' }).waitFor();
      expect(await page.getByRole('button', { name: 'Resume 2 arms' }).count()).toBe(0);
    });

    it('speaks of states that change, and leaves the focus where it is', async () => {
      const before = [
        knownArm({ beta: 0.1, winRate: 0.6 }),
        knownArm({ beta: 0.05, state: 'running', isMeasured: false }),
        knownArm({ beta: 0.02, state: 'queued' }),
      ];
      const panel = await open([sweepMessage(before)]);
      const status = panel.page.getByRole('status');
      expect(await panel.page.locator('header').first().innerText()).toContain(
        '1 of 3 arms done, 1 running, 1 queued, about 35 s left.',
      );
      expect(await answer(panel).getByRole('heading').innerText()).toBe(
        'Training: no win rates to compare yet',
      );
      const stop = panel.page.getByRole('button', { name: 'Stop beta 0.02, seed 0' });
      await stop.focus();
      const after = [
        ...before.slice(0, 1),
        knownArm({ beta: 0.05, winRate: 0.7 }),
        knownArm({ beta: 0.02, state: 'running', isMeasured: false }),
      ];
      await panel.send([sweepMessage(after)]);
      expect(await status.innerText()).toBe(
        'Beta 0.05, seed 0: completed. Beta 0.02, seed 0: running. Best so far: beta 0.05 (70 % win rate, 1 seed).',
      );
      expect(await stop.evaluate((element: Element) => element === document.activeElement)).toBe(true);
      await panel.send([sweepMessage(after)]);
      expect(await status.innerText()).toBe('');
    });

    it('shows arms that are not finished as such, and counts what broke off for the cliff alone', async () => {
      const alarms = [
        { code: 'RUN006', severity: 'error' as const, step: 100, message: 'Texts no longer end.' },
      ];
      const panel = await open([
        sweepMessage([
          knownArm({ beta: 0.1, winRate: 0.6 }),
          knownArm({ beta: 0.05, state: 'interrupted', winRate: 0.55 }),
          knownArm({ beta: 0.02, state: 'stopped', winRate: 0.7, changes: RUN_ON, alarms }),
        ]),
      ]);
      await drawn(panel, 'Win rate');
      const words = await answer(panel).innerText();
      expect(words).toContain('At beta 0.02 only 40 % of its texts end by themselves (reference: 100 %).');
      expect(words).toContain('1 arm did not complete: resume it to know more.');
      const list = await chart(panel, 'Win rate').getByRole('list').innerText();
      expect(list.replaceAll('\n', ' ')).toContain('one seed 60 %');
      expect(list).toContain('not finished');
      expect(await panel.page.locator('.arms tbody tr').last().innerText()).toContain('past the cliff');
    });

    it('compares by held-out accuracy without a judge, and never shows a raw reward', async () => {
      const arms = [0.1, 0.05, 0.02].map((beta, index) =>
        knownArm({ beta, changes: { accuracy: 0.6 + index / 20, reward_margin: 1234 } }),
      );
      const panel = await open([sweepMessage(arms)]);
      expect(await titles(panel)).toEqual([
        'Held-out accuracy',
        'Text length',
        'Texts that end',
        'EOS drift',
        'KL',
        'Margin by KL',
        'In the paper',
      ]);
      expect(await panel.page.getByRole('main').innerText()).not.toContain('1,234');
    });

    it('shows the grid before anything was measured', async () => {
      const arms = [
        knownArm({ beta: 0.1, state: 'preparing', isMeasured: false }),
        knownArm({ beta: 0.05, state: 'queued' }),
      ];
      const panel = await open([sweepMessage(arms)]);
      expect(await titles(panel)).toEqual(['Held-out accuracy', 'In the paper']);
      expect(await panel.page.getByRole('main').innerText()).toContain('Nothing was measured');
    });

    it('is readable in 350 pixels with 12 betas and 3 seeds, in every theme, and while it turns', async () => {
      const betas = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002];
      const arms = betas.flatMap((beta, index) =>
        [0, 1, 2].map((seed) =>
          knownArm({ beta, seed, winRate: 0.7 - 0.01 * (index - 6) ** 2 + 0.01 * seed }),
        ),
      );
      const panel = await open([sweepMessage(arms)], { width: 350 });
      await drawn(panel, 'Win rate');
      for (const theme of ['light', 'high contrast', 'high contrast light', 'dark'] as const) {
        await setTheme(panel, theme);
        expect(await panel.page.evaluate('document.documentElement.scrollWidth')).toBe(350);
      }
      expect(await panel.page.locator('.arms tbody tr').count()).toBe(36);
    });

    it('saves a picture of a chart', async () => {
      const panel = await open([sweepMessage(decidedSweep())]);
      await drawn(panel, 'Win rate');
      await chart(panel, 'Win rate').getByRole('button', { name: 'Save picture of Win rate' }).press('Enter');
      const message = (await panel.said()).at(-1);
      expect(message).toMatchObject({
        kind: 'do',
        action: { kind: 'savePicture', name: 'goldilocks, beta sweep Win rate' },
      });
    });
  },
);
