import { describe, expect, it } from 'vitest';
import { noBrowser, type PanelPage, setTheme, usePanels } from './panel-page';
import { brokenRun, curves, longRun, pageOf, part, probes, range, recorded } from './run-messages';

describe.skipIf(noBrowser !== undefined)(
  `run panel${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    const open = usePanels();

    /** The chart with this title. */
    const chart = ({ page }: PanelPage, title: string) =>
      page.getByRole('figure', { name: title, exact: true });
    const slider = (panel: PanelPage, title: string) => chart(panel, title).getByRole('slider');
    const drawn = (panel: PanelPage, title: string) => chart(panel, title).locator('canvas').waitFor();
    const legend = (panel: PanelPage, title: string) => chart(panel, title).getByRole('list').innerText();

    it('tells a real run from its state down to its texts', async () => {
      const panel = await open(recorded());
      expect(await panel.page.getByRole('main').locator('header').ariaSnapshot()).toMatchInlineSnapshot(`
        "- heading "goldilocks, beta 0.008" [level=1]
        - toolbar "Run":
          - button "Open sweep"
          - button "Inspect pairs"
          - button "Show log"
          - button "Show folder"
          - button "Delete"
        - paragraph: Completed, step 500 of 500 (100 %), after 28 s.
        - paragraph: "2 alarms: chosen answers lose probability, texts stop ending."
        - term: reference
        - definition: the starting policy
        - term: pairs
        - definition: 4,000
        - term: device
        - definition: processor, 2 threads
        - term: seed
        - definition: "1"
        - term: machine
        - definition: workstation"
      `);
      expect(await panel.page.locator('.tiles').innerText()).toMatchInlineSnapshot(`
        "Beta
        0.008
        Reward margin / beta
        17.8 nats
        → steady
        Accuracy
        68 %
        held out 65 %
        Texts that end
        83 %
        EOS drift −10.6 nats
        Text length
        13.5 tokens
        2.16 × the reference
        Win rate
        28 %
        the reference wins more often"
      `);
      expect(await panel.page.getByRole('region', { name: 'Alarms' }).ariaSnapshot()).toMatchInlineSnapshot(`
        "- region "Alarms":
          - heading "Alarms" [level=2]
          - list:
            - listitem: warning, step 60 Chosen responses became 4.32 nats less likely than under the reference (35 % of their log-probability), although the margin grows. The policy moves to responses that nobody compared. Raise objective.beta, add objective.sft_weight, or stop earlier.
            - listitem: "warning, step 100 The end-of-sequence token after chosen responses became 5.2 nats less likely than under the reference. The policy forgets to stop, as it does when beta is too small: raise objective.beta, or stop at an earlier checkpoint.""
      `);
      expect(await panel.page.getByRole('heading').allInnerTexts()).toMatchInlineSnapshot(`
        [
          "goldilocks, beta 0.008",
          "Alarms",
          "Learning",
          "Loss",
          "Rewards divided by beta",
          "Accuracy",
          "Effect on the policy",
          "EOS drift",
          "Texts that end",
          "Text length",
          "KL",
          "Log-probabilities",
          "Win rate",
          "Training health",
          "Gradient norm",
          "Learning rate",
          "Speed",
          "Memory",
          "Texts",
          "Name two fruits.",
          "List two fruits.",
          "Give me two fruits.",
          "Think of three fruits.",
          "Name three fruits.",
          "I need three fruits.",
        ]
      `);
      await drawn(panel, 'EOS drift');
      expect(await chart(panel, 'EOS drift').ariaSnapshot()).toMatchInlineSnapshot(`
        "- figure "EOS drift":
          - heading "EOS drift" [level=3]
          - text: nats
          - button "About EOS drift"
          - button "Show EOS drift as a table"
          - button "Save picture of EOS drift"
          - slider "EOS drift, chart"
          - list:
            - listitem: policy −10.6"
      `);
    });

    it('shows texts of the newest evaluation, and of another one when it is chosen', async () => {
      const panel = await open(recorded());
      const texts = panel.page.getByRole('region', { name: 'Texts' });
      expect(await texts.locator('.probe').first().ariaSnapshot()).toMatchInlineSnapshot(`
        "- article:
          - heading "Name two fruits." [level=3]
          - paragraph:
            - strong: policy
            - text: 4 tokens, score 0
          - paragraph:
            - mark: apple
            - text: ","
            - mark: mango
          - paragraph:
            - strong: reference
            - text: 4 tokens, score 0
          - paragraph:
            - mark: pear
            - text: ","
            - mark: cherry"
      `);
      expect(await texts.locator('.probe').count()).toBe(6);
      await texts.getByText('Show all 90').click();
      expect(await texts.locator('.probe').count()).toBe(90);
      await texts.getByRole('combobox').click();
      await texts.getByRole('option', { name: 'step 0' }).click();
      expect(await texts.locator('.texts-sum').innerText()).toMatchInlineSnapshot(
        `"90 probes, 0 unlike the reference"`,
      );
      expect(await panel.page.evaluate('window.kept.navigation.evaluation')).toBe(0);
    });

    it('says what a run waits for before its first step', async () => {
      const panel = await open([
        pageOf({
          state: 'preparing',
          sentence: 'Preparing, reference log-probabilities 120 of 2,312.',
          step: 0,
          facts: [{ label: 'beta', value: '0.1' }],
        }),
        { kind: 'texts', evaluations: [] },
        { kind: 'log', text: '' },
        curves([]),
      ]);
      expect(await panel.page.getByRole('main').ariaSnapshot()).toMatchInlineSnapshot(`
        "- main:
          - heading "goldilocks, beta 0.1" [level=1]
          - toolbar "Run":
            - button "Stop"
            - button "Inspect pairs"
            - button "Show log"
            - button "Show folder"
          - paragraph: Preparing, reference log-probabilities 120 of 2,312.
          - progressbar "Steps"
          - term: Beta
          - definition: "0.1"
          - paragraph: Curves appear with the first logged step.
          - status"
      `);
    });

    it('shows a first point, which is no line yet', async () => {
      const panel = await open([
        pageOf({ step: 5 }),
        curves([part({ name: 'loss', steps: [5], value: () => 0.69 })]),
      ]);
      await drawn(panel, 'Loss');
      const coloured = () =>
        chart(panel, 'Loss')
          .locator('canvas')
          .evaluate((canvas: HTMLCanvasElement) => {
            const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
              data: [],
            };
            let count = 0;
            for (let at = 0; at < data.length; at += 4)
              if ((data[at + 2] ?? 0) > (data[at] ?? 0) + 80 && data[at + 3] === 255) count++;
            return count;
          });
      await expect.poll(coloured).toBeGreaterThan(12);
    });

    it('says why a run failed, and shows values that are no numbers', async () => {
      const panel = await open(brokenRun());
      expect(await panel.page.getByRole('main').locator('header').ariaSnapshot()).toMatchInlineSnapshot(`
        "- heading "goldilocks, beta 0.1" [level=1]
        - toolbar "Run":
          - button "Resume"
          - button "Inspect pairs"
          - button "Show log"
          - button "Show folder"
          - button "Delete"
        - paragraph: Failed, step 40 of 500 (8 %), after 12 s.
        - paragraph: "1 alarm: not a number."
        - progressbar "Steps"
        - paragraph: The loss is not a number since step 31. Lower training.learning_rate and start again.
        - term: reference
        - definition: the starting policy"
      `);
      await drawn(panel, 'Loss');
      expect(await legend(panel, 'Loss')).toBe('training\nNaN');
      await chart(panel, 'Loss').getByRole('button', { name: 'Show Loss as a table' }).click();
      await chart(panel, 'Loss').getByRole('row').first().waitFor();
      const rows = await chart(panel, 'Loss').getByRole('row').allInnerTexts();
      expect(rows.slice(0, 3)).toEqual(['step\ttraining', '40\tNaN', '39\tNaN']);
      expect(rows.slice(10, 13)).toEqual(['31\tNaN', '30\t∞', '29\t0.690']);
      expect(await panel.page.getByRole('region', { name: 'End of the log' }).innerText()).toContain(
        'step 31',
      );
    });

    it('does what its buttons say', async () => {
      const panel = await open([
        pageOf({
          state: 'interrupted',
          sentence: 'Interrupted, step 120.',
          actions: ['resume', 'reveal'],
          sweep: 's1',
        }),
      ]);
      for (const name of ['Resume', 'Show folder', 'Open sweep'])
        await panel.page.getByText(name, { exact: true }).click();
      expect((await panel.said()).slice(1)).toMatchObject([
        { kind: 'do', action: { kind: 'resume' } },
        { kind: 'do', action: { kind: 'reveal' } },
        { kind: 'do', action: { kind: 'openSweep', sweep: 's1' } },
      ]);
      // Nothing but another state changes the buttons: the focus stays where it is.
      await panel.page.getByText('Resume', { exact: true }).focus();
      await panel.send([
        pageOf({
          state: 'interrupted',
          sentence: 'Interrupted.',
          actions: ['resume', 'reveal'],
          sweep: 's1',
        }),
      ]);
      expect(await panel.page.evaluate('document.activeElement.textContent')).toBe('Resume');
    });

    it('is read with the keyboard alone', async () => {
      const panel = await open(recorded());
      await drawn(panel, 'Loss');
      await slider(panel, 'Loss').focus();
      const { keyboard } = panel.page;
      await keyboard.press('Home');
      await keyboard.press('ArrowRight');
      await keyboard.press('ArrowRight');
      expect(await slider(panel, 'Loss').getAttribute('aria-valuetext')).toMatchInlineSnapshot(
        `"Loss, step 10: training 0.693, held out 0.693"`,
      );
      await keyboard.press('Enter');
      expect(await panel.page.getByRole('status').innerText()).toMatch(/^Loss, step/);
      await keyboard.press('End');
      await keyboard.press('+');
      expect(await panel.page.evaluate('window.kept.navigation.charts.range')).toEqual({
        from: 250,
        to: 500,
        isFollowing: true,
      });
      await keyboard.press('Shift+ArrowLeft');
      expect(await panel.page.evaluate('window.kept.navigation.charts.range')).toEqual({
        from: 225,
        to: 475,
        isFollowing: false,
      });
      await keyboard.press('0');
      expect(await panel.page.evaluate('window.kept.navigation.charts.range')).toBeUndefined();
    });

    it('zooms by dragging, all charts at once, and back by a double click', async () => {
      const panel = await open(recorded());
      await drawn(panel, 'Accuracy');
      const box = await chart(panel, 'Loss').locator('.u-over').boundingBox();
      const y = box.y + box.height / 2;
      await panel.page.mouse.move(box.x + box.width * 0.2, y);
      await panel.page.mouse.down();
      await panel.page.mouse.move(box.x + box.width * 0.6, y, { steps: 4 });
      await panel.page.mouse.up();
      const { from, to } = await panel.page.evaluate('window.kept.navigation.charts.range');
      expect([from, to]).toEqual([expect.closeTo(100, -1), expect.closeTo(300, -1)]);
      // The cursor is shared.
      expect(await chart(panel, 'Accuracy').locator('.chart-cursor').innerText()).toMatch(/^step \d+$/);
      await panel.page.getByText('Whole range').waitFor();
      await panel.page.keyboard.down('Control');
      await panel.page.mouse.wheel(0, -100);
      await panel.page.keyboard.up('Control');
      const closer = () => panel.page.evaluate('window.kept.navigation.charts.range');
      await expect
        .poll(async () => (await closer()).to - (await closer()).from)
        .toBeLessThan(0.9 * (to - from));
      await panel.page.mouse.dblclick(box.x + 50, y);
      await panel.page.getByText('Whole range').waitFor({ state: 'hidden' });
    });

    it('follows a live run until the reader looks back, and says what matters aloud', async () => {
      const loss = (from: number, to: number) =>
        part({ name: 'loss', steps: range(from, to), value: (step) => 1 / step });
      const panel = await open([pageOf(), curves([loss(1, 100)])]);
      await drawn(panel, 'Loss');
      const spoken = panel.page.getByRole('status');
      await panel.send([
        curves([loss(101, 200)], false),
        pageOf({ step: 200, sentence: 'Running, step 200.' }),
      ]);
      await panel.page.getByText('0.005').waitFor();
      expect(await spoken.innerText()).toBe('');
      await slider(panel, 'Loss').focus();
      await panel.page.keyboard.press('Home');
      await panel.page.keyboard.press('+');
      const follow = panel.page.getByText('Follow', { exact: true });
      await follow.waitFor();
      await panel.send([curves([loss(201, 300)], false)]);
      expect(await panel.page.evaluate('window.kept.navigation.charts.range')).toMatchObject({
        from: 1,
        isFollowing: false,
      });
      await follow.click();
      await follow.waitFor({ state: 'hidden' });
      expect(await panel.page.evaluate('window.kept.navigation.charts.range')).toMatchObject({
        to: 300,
        isFollowing: true,
      });
      const message = 'The end-of-sequence token lost 2 nats.';
      await panel.send([pageOf({ alarms: [{ code: 'RUN006', severity: 'warning', step: 300, message }] })]);
      expect(await spoken.innerText()).toBe(message);
      await panel.send([
        pageOf({ state: 'completed', sentence: 'Completed, step 500 of 500.', actions: ['delete'] }),
      ]);
      expect(await spoken.innerText()).toBe('Completed, step 500 of 500.');
      // A run that went on from a checkpoint has other points.
      await panel.send([curves([part({ name: 'loss', steps: range(1, 50), value: () => 3 })])]);
      await panel.page.getByText('3.000').waitFor();
    });

    it('offers ways out of an alarm, which write into the config', async () => {
      const panel = await open(recorded());
      const changes = [{ path: 'objective.beta', value: 0.2 }] as const;
      const way = { label: 'Beta 0.2', why: 'It pulls harder to the reference.', changes };
      const alarm = {
        code: 'RUN006',
        severity: 'error',
        step: 300,
        message: 'Texts no longer end.',
      } as const;
      const config = '/w/a.dpo.yaml';
      await panel.send([pageOf({ alarms: [alarm], waysOut: { RUN006: [way] }, config })]);
      await panel.page
        .getByRole('region', { name: 'Alarms' })
        .getByRole('button', { name: 'Beta 0.2' })
        .click();
      expect(await panel.said()).toContainEqual({
        kind: 'do',
        action: { kind: 'changeConfig', config, changes },
      });
    });

    it('comes back as it was left', async () => {
      const panel = await open(recorded());
      await drawn(panel, 'Loss');
      await panel.page.getByRole('combobox', { name: 'Rewards' }).click();
      await panel.page.getByRole('option', { name: 'raw rewards' }).click();
      await panel.page.getByRole('combobox', { name: 'Smoothing' }).click();
      await panel.page.getByRole('option', { name: 'Smoothing: strong', exact: true }).click();
      await slider(panel, 'Loss').focus();
      await panel.page.keyboard.press('+');
      await chart(panel, 'Loss').getByRole('button', { name: 'held out' }).press('Enter');
      await chart(panel, 'KL').getByRole('button', { name: 'Show KL as a table' }).press('Enter');
      const { navigation } = await panel.page.evaluate('window.kept');
      const again = await open(recorded(), { kept: navigation });
      await chart(again, 'Rewards').waitFor();
      expect(await chart(again, 'Rewards divided by beta').isVisible()).toBe(false);
      await expect
        .poll(() =>
          again.page
            .locator('vscode-dropdown')
            .first()
            .evaluate((element: { value: string }) => element.value),
        )
        .toBe('0.99');
      await again.page.getByText('Whole range').waitFor();
      const heldOut = chart(again, 'Loss').getByRole('button', { name: 'held out' });
      expect(await heldOut.getAttribute('aria-pressed')).toBe('false');
      await chart(again, 'KL').getByRole('row').first().waitFor();
      expect((await again.page.evaluate('window.kept')).navigation).toEqual(navigation);
    });

    it('fits into a narrow column', async () => {
      for (const messages of [recorded(), brokenRun()]) {
        const panel = await open(messages, { width: 350, height: 2500 });
        await panel.page.locator('canvas').first().waitFor();
        expect(await panel.page.evaluate('document.documentElement.scrollWidth')).toBe(350);
      }
    });

    it('changes its colours with the theme', async () => {
      const panel = await open(recorded(), { theme: 'dark' });
      await drawn(panel, 'Loss');
      const shades = () =>
        panel.page.evaluate(`(() => {
        const canvas = document.querySelector('.chart canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const shades = new Map();
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250) {
          const shade = data.slice(at, at + 3).join(' ');
          shades.set(shade, (shades.get(shade) ?? 0) + 1);
        }
        return [...shades].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([shade]) => shade);
      })()`);
      expect(await shades()).toContain('89 164 249');
      await setTheme(panel, 'light');
      await expect.poll(shades).toContain('0 99 211');
    });

    it('shows 125,000 steps, and tables of them that can be read', async () => {
      const panel = await open(longRun());
      await drawn(panel, 'Loss');
      await chart(panel, 'Loss').getByRole('button', { name: 'Show Loss as a table' }).click();
      await chart(panel, 'Loss').getByRole('row').first().waitFor();
      expect(await chart(panel, 'Loss').getByRole('row').count()).toBe(101);
      expect(await chart(panel, 'Loss').locator('caption').innerText()).toBe(
        '100 of 125,000 rows, evenly chosen. Zoom in for the others.',
      );
    });

    it('folds what is too much: alarms and probes', async () => {
      const alarms = range(1, 9).map((code) => ({
        code: `RUN00${code}`,
        severity: code > 6 ? ('error' as const) : ('info' as const),
        step: code,
        message: `Alarm ${code}.`,
      }));
      const panel = await open([
        pageOf({ alarms, warnings: ['The trainer has doubts.'] }),
        { kind: 'texts', evaluations: [{ step: 10, samples: probes(90) }] },
        curves([]),
      ]);
      const list = panel.page.getByRole('region', { name: 'Alarms' });
      expect(await list.getByRole('listitem').allInnerTexts()).toMatchInlineSnapshot(`
        [
          "error,
        step 7
        Alarm 7.",
          "error,
        step 8
        Alarm 8.",
          "error,
        step 9
        Alarm 9.",
          "info,
        step 1
        Alarm 1.",
        ]
      `);
      await list.getByText('6 more').click();
      expect(await list.getByRole('listitem').count()).toBe(10);
      await expect.poll(() => panel.page.evaluate('window.kept.navigation.allAlarms')).toBe(true);
      expect(await panel.page.locator('.texts-sum').innerText()).toBe(
        '90 probes, 90 unlike the reference, 45 did not end',
      );
    });

    it('hands over a picture of a chart', async () => {
      const panel = await open(recorded());
      await drawn(panel, 'Loss');
      await chart(panel, 'Loss').getByRole('button', { name: 'Save picture of Loss' }).click();
      const [, said] = await panel.said();
      expect(said).toMatchObject({
        kind: 'do',
        action: { kind: 'savePicture', name: 'goldilocks, beta 0.008 Loss' },
      });
      const { png } = (said as unknown as { action: { png: string } }).action;
      expect(Buffer.from(png, 'base64').subarray(1, 4).toString()).toBe('PNG');
    });

    it('draws values that a trainer has of its own in a group of their own, and no beta that nobody knows', async () => {
      const steps = range(1, 20);
      const value = (step: number) => step / 2;
      const panel = await open([
        pageOf({ title: 'zephyr-dpo', beta: Number.NaN, facts: [{ label: 'trainer', value: 'trl 1.13.0' }] }),
        curves([
          part({ name: 'loss', steps, value }),
          part({ name: 'rewards/margins std', steps, value }),
          part({ name: 'num_tokens', steps, value }),
        ]),
      ]);
      const section = panel.page.getByRole('region', { name: 'Other metrics' });
      await section.waitFor();
      expect(await section.getByRole('figure').count()).toBe(2);
      expect(await chart(panel, 'num_tokens').isVisible()).toBe(true);
      expect(await panel.page.getByRole('main').innerText()).not.toMatch(/NaN|^Beta$/m);
      await panel.send([curves([part({ name: 'late', steps, value })], false)]);
      await chart(panel, 'late').waitFor();
      expect(await section.getByRole('figure').count()).toBe(3);
    });
  },
);
