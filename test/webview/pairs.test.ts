import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Comparison,
  PairDetail,
  PairList,
  PairRow,
  ResponseTokens,
} from '../../src/core/panels/pairs-page';
import { answer, asked, pairsPage } from './pairs-support';
import { endBrowser, noBrowser, openPanel, type PanelPage, setTheme, startBrowser } from './panel-page';
import { THEMES, type ThemeName } from './themes';

const COMPARISON: Comparison = {
  checkpoint: 500,
  beta: 0.2,
  loss: 'sigmoid',
  lengthNormalized: false,
  reference: 'the starting policy',
  baseline: 'the starting policy',
};

function row(id: string, chosen: number, rejected: number, text = 'Name two fruits.'): PairRow {
  const [split = '', number] = id.split('-');
  const sums = (change: number) => ({ tokens: 4, policy: change - 20, reference: -20, baseline: -20 });
  return {
    id,
    split: split as PairRow['split'],
    row: Number(number),
    chosen: sums(chosen),
    rejected: sums(rejected),
    margin: chosen - rejected,
    prompt: text,
    chosenText: 'apple, pear',
    rejectedText: 'apple, chair',
  };
}

const LIST: PairList = {
  comparison: COMPARISON,
  rows: [row('train-1', 1, -40), row('train-2', -9, -1, 'Name a tool.'), row('eval-1', 0, 0)],
  total: { train: 4000, eval: 1 },
};

function response(
  texts: readonly string[],
  changes: readonly number[],
  more: Partial<ResponseTokens> = {},
): ResponseTokens {
  const pieces = texts.map((text, index) => ({
    text,
    policy: (changes[index % changes.length] ?? 0) - 1,
    baseline: -1,
    isEnd: text === '</s>',
  }));
  const policy = pieces.reduce((sum, piece) => sum + piece.policy, 0);
  return {
    tokens: pieces.length,
    policy,
    reference: -pieces.length,
    baseline: -pieces.length,
    pieces,
    ...more,
  };
}

function pairOf(id: string, more: Partial<PairDetail> = {}): PairDetail {
  const [split = '', number] = id.split('-');
  return {
    id,
    split: split as PairDetail['split'],
    row: Number(number),
    margin: 3.5,
    comparison: COMPARISON,
    prompt: [{ text: 'Name two fruits.' }],
    chosen: response([' apple', ',', '\n pear', '</s>'], [0.5, -0.02, 2, -0.25]),
    rejected: response([' apple', ', \u202Echair', ''], [-3, 0.1, -0.6], {
      missingEnd: { policy: -0.5, baseline: -2.5 },
    }),
    ...more,
  };
}

const LIST_500 = { kind: 'list', checkpoint: 500 } as const;
const pairQuestion = (pair: string, checkpoint = 500) => ({ kind: 'pair', checkpoint, pair }) as const;

/** The inspector with its list, and the pair that it shows first. */
async function inspector(settings: Parameters<typeof openPanel>[1] = {}): Promise<PanelPage> {
  const panel = await openPanel([pairsPage()], settings);
  await answer(panel, LIST_500, LIST);
  await answer(panel, pairQuestion('train-1'), pairOf('train-1'));
  await panel.page.getByRole('article', { name: 'Pair train-1' }).waitFor();
  return panel;
}

async function settle(panel: PanelPage): Promise<void> {
  expect(panel.complaints).toEqual([]);
  await panel.close();
}

describe.skipIf(noBrowser !== undefined)(
  `pair inspector${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    beforeAll(startBrowser);
    afterAll(endBrowser);

    it('asks for the newest checkpoint, tells how far it is, and shows pairs and tokens', async () => {
      const panel = await openPanel([pairsPage()]);
      const question = await asked(panel, LIST_500);
      await panel.send([{ kind: 'progress', question, words: 'Scoring responses: 24 of 512' }]);
      await panel.page.getByText('Scoring responses: 24 of 512').waitFor();
      await answer(panel, LIST_500, LIST);
      await answer(panel, pairQuestion('train-1'), pairOf('train-1'));
      await panel.page.getByRole('article').waitFor();
      expect(await panel.page.getByRole('main').ariaSnapshot()).toMatchInlineSnapshot(`
        "- main:
          - heading "goldilocks, beta 0.2, pairs" [level=1]
          - combobox "Policy at checkpoint": step 500
          - text: "against the starting policy · 2 of 4,000 training pairs, 1 of 1 held out · bars: chosen above, rejected below"
          - region "List of pairs":
            - combobox "Order": Most moved
            - combobox "Pairs": All pairs
            - searchbox "Search in prompts and responses"
            - text: moved 3 pairs margin, nats
            - listbox "Pairs":
              - option "Name two fruits., training, margin +41.00 nats, chosen moved +1.00 nats, rejected −40.00 nats, saturated, 4 and 4 tokens" [selected]: Name two fruits. +41.00 saturated · training row 1 · 4/4 tokens
              - option "Name a tool., training, margin −8.00 nats, chosen moved −9.00 nats, rejected −1.00 nats, ranked wrong, 4 and 4 tokens": Name a tool. −8.00 ✗ wrong · training row 2 · 4/4 tokens
              - option "Name two fruits., held out, margin 0.00 nats, chosen moved 0.00 nats, rejected 0.00 nats, 4 and 4 tokens": Name two fruits. 0.00 held out row 1 · 4/4 tokens
          - article "Pair train-1":
            - heading "Training pair, row 1 ✓ ranked as labelled" [level=2]
            - region "Prompt":
              - paragraph: Name two fruits.
            - text: Change in log-probability per token vs. the starting policy, in nats −5 −2 −0.5 0 +0.5 +2 +5
            - region "Chosen":
              - heading "Chosen +2.23 nats over 4 tokens" [level=3]
              - listbox "Chosen response, 4 tokens; arrow keys read them":
                - option "·apple, +0.50 nats": ·apple
                - option ",, −0.02 nats": ","
                - option "⏎ pear, +2.00 nats": ⏎ ·pear
                - option "end of sequence, −0.25 nats": EOS −0.25
            - region "Rejected":
              - heading "Rejected −3.50 nats over 3 tokens" [level=3]
              - listbox "Rejected response, 3 tokens; arrow keys read them":
                - option "·apple, −3.00 nats": ·apple
                - option ", �chair, +0.10 nats": ",·�chair"
                - option "part of a character, −0.60 nats": ▯
                - option "missing end of sequence, +2.00 nats": EOS +2.00
              - paragraph: "The response was cut at data.max_length before its end: the end-of-sequence token shown here is no part of the sum."
            - region "Sums":
              - 'table "Sums of log p over the tokens, in nats. Reference: the starting policy."':
                - caption: "Sums of log p over the tokens, in nats. Reference: the starting policy."
                - rowgroup:
                  - row "tokens policy reference difference":
                    - cell
                    - columnheader "tokens"
                    - columnheader "policy"
                    - columnheader "reference"
                    - columnheader "difference"
                - rowgroup:
                  - row "Chosen 4 −1.77 −4.00 +2.23":
                    - rowheader "Chosen"
                    - cell "4"
                    - cell "−1.77"
                    - cell "−4.00"
                    - cell "+2.23"
                  - row "Rejected 3 −6.50 −3.00 −3.50":
                    - rowheader "Rejected"
                    - cell "3"
                    - cell "−6.50"
                    - cell "−3.00"
                    - cell "−3.50"
              - paragraph:
                - text: Margin = difference of the chosen response − that of the rejected one =
                - strong: +3.50 nats
                - text: . Reward margin = beta × margin = 0.2 × +3.50 =
                - strong: "+0.70"
                - text: .
              - paragraph: The policy ranks this pair as labelled; it contributes 33 % of its maximum gradient, sigmoid(−reward margin).
            - group: Numbers of all tokens, as tables"
      `);
      await settle(panel);
    });

    it('orders, filters and searches its list', async () => {
      const panel = await inspector();
      const labels = (): Promise<string[]> =>
        panel.page
          .locator('.pair-row')
          .evaluateAll((rows: HTMLElement[]) => rows.map((each) => each.dataset.pair));
      const choose = async (name: string, option: string): Promise<void> => {
        await panel.page.getByRole('combobox', { name }).click();
        await panel.page.getByRole('option', { name: option, exact: true }).click();
      };
      expect(await labels()).toEqual(['train-1', 'train-2', 'eval-1']);
      await choose('Order', 'Most wrong');
      expect(await labels()).toEqual(['train-2', 'eval-1', 'train-1']);
      await choose('Pairs', 'Training');
      expect(await labels()).toEqual(['train-2', 'train-1']);
      await panel.page.getByRole('searchbox').fill('tool');
      await panel.page.getByText('1 pair', { exact: true }).waitFor();
      await panel.page.getByRole('searchbox').fill('nowhere');
      await panel.page.getByText('No pair is like this').waitFor();
      await settle(panel);
    });

    it('moves through the list by keys, and asks only for the pair where they stop', async () => {
      const panel = await inspector();
      await panel.page.locator('.pair-row[tabindex="0"]').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'End']) await panel.page.keyboard.press(key);
      await answer(panel, pairQuestion('train-2'), pairOf('train-2'));
      await answer(panel, pairQuestion('eval-1'), pairOf('eval-1'));
      await panel.page.getByRole('article', { name: 'Pair eval-1' }).waitFor();
      const pairs = (await panel.said()).flatMap((message) =>
        message.kind === 'ask' && message.about.kind === 'pair' ? [message.about.pair] : [],
      );
      expect(pairs).toEqual(['train-1', 'train-2', 'eval-1']);
      expect(await panel.page.locator('.pair-row[aria-selected="true"]').getAttribute('data-pair')).toBe(
        'eval-1',
      );
      // What was looked at is not asked for again.
      await panel.page.keyboard.press('Home');
      await panel.page.getByRole('article', { name: 'Pair train-1' }).waitFor();
      await settle(panel);
    });

    it('reads tokens by keys, with their numbers', async () => {
      const panel = await inspector();
      const tip = panel.page.locator('.number-tip');
      const focused = (): Promise<string> =>
        panel.page.evaluate('document.activeElement.getAttribute("aria-label")');
      await panel.page.locator('.tokens').first().locator('[tabindex="0"]').focus();
      expect(await focused()).toBe('·apple, +0.50 nats');
      expect(await tip.innerText()).toMatch(/·apple\s+\+0\.50 nats\s+log p, policy\s+−0\.50\s+61 %/);
      await panel.page.keyboard.press('ArrowRight');
      expect(await focused()).toBe(',, −0.02 nats');
      await panel.page.keyboard.press('End');
      expect(await focused()).toBe('end of sequence, −0.25 nats');
      // One token of a response can be reached by Tab.
      expect(await panel.page.locator('.tokens').first().locator('[tabindex="0"]').count()).toBe(1);
      await panel.page.keyboard.press('Home');
      await panel.page.keyboard.press('ArrowDown');
      expect(await focused()).toMatch(/pear|end of sequence/);
      await panel.page.keyboard.press('ArrowUp');
      expect(await focused()).not.toMatch(/pear/);
      await panel.page.keyboard.press('Escape');
      expect(await tip.isVisible()).toBe(false);
      await panel.page.locator('.token', { hasText: 'pear' }).hover();
      expect(await tip.innerText()).toContain('+2.00 nats');
      await settle(panel);
    });

    it('shows what else would not be seen: spaces, line breaks, ends, marks that turn text around', async () => {
      const panel = await inspector();
      const texts: string[] = await panel.page.locator('.token').allInnerTexts();
      expect(texts.map((text) => text.trim())).toEqual([
        '·apple',
        ',',
        expect.stringMatching(/^⏎\n?·pear$/),
        'EOS −0.25',
        '·apple',
        ',·\uFFFDchair',
        '▯',
        'EOS +2.00',
      ]);
      await panel.page.getByText('no part of the sum').waitFor();
      await panel.page.getByText('Numbers of all tokens').click();
      const rows = panel.page.getByRole('table').nth(1).getByRole('row');
      await rows.last().waitFor();
      expect(await rows.allInnerTexts()).toEqual([
        '#\ttoken\tpolicy\tthe starting policy\tdifference',
        '1\t·apple\t−0.50\t−1.00\t+0.50',
        '2\t,\t−1.02\t−1.00\t−0.02',
        '3\t⏎ pear\t1.00\t−1.00\t+2.00',
        '4\tend of sequence\t−1.25\t−1.00\t−0.25',
      ]);
      await settle(panel);
    });

    it('keeps its text readable on every colour, in every theme', async () => {
      const panel = await inspector();
      const strong = response(
        Array.from({ length: 21 }, (_, index) => ` word${index}`),
        Array.from({ length: 21 }, (_, index) => index - 10),
      );
      await panel.page.locator('.pair-row').nth(1).click();
      await answer(panel, pairQuestion('train-2'), pairOf('train-2', { chosen: strong }));
      await panel.page.getByText('word20').waitFor();
      for (const theme of Object.keys(THEMES) as ThemeName[]) {
        await setTheme(panel, theme);
        const lowest: number = await panel.page.evaluate(lowestContrast);
        expect(lowest, theme).toBeGreaterThanOrEqual(4.5);
      }
      await settle(panel);
    });

    it('begins by itself as soon as there is a checkpoint, and with the starting policy when asked to', async () => {
      const none = pairsPage({
        checkpoints: [0],
        words: 'This run has no checkpoint yet.',
        state: 'running',
      });
      const panel = await openPanel([none]);
      await panel.page.getByText('This run has no checkpoint yet.').waitFor();
      expect(await panel.said()).toEqual([{ kind: 'ready' }]);
      await panel.send([pairsPage({ checkpoints: [0, 500], state: 'running' })]);
      await asked(panel, LIST_500);
      await settle(panel);
      const other = await openPanel([none]);
      await other.page.getByRole('button', { name: 'Inspect the starting policy' }).click();
      await asked(other, { kind: 'list', checkpoint: 0 });
      await settle(other);
    });

    it('says what failed, and tries again', async () => {
      const panel = await openPanel([pairsPage()]);
      await answer(panel, LIST_500, 'The model is not there any more. Fetch it again.');
      await panel.page.getByText('Fetch it again.').waitFor();
      expect(await panel.page.locator('.working').count()).toBe(0);
      await panel.page.getByRole('button', { name: 'Try again' }).click();
      await answer(panel, LIST_500, LIST);
      await answer(panel, pairQuestion('train-1'), 'Pair train-1 cannot be scored.');
      await panel.page.getByText('Pair train-1 cannot be scored.').waitFor();
      await panel.page.getByRole('button', { name: 'Try again' }).click();
      await answer(panel, pairQuestion('train-1'), pairOf('train-1'));
      await panel.page.getByRole('article').waitFor();
      await settle(panel);
    });

    it('looks where it was left, at another checkpoint when asked to', async () => {
      const panel = await openPanel([pairsPage()], {
        kept: { checkpoint: 100, order: 'longest', split: 'train', search: '', pair: 'train-2', odd: 1 },
      });
      const at = (checkpoint: number): PairList => ({ ...LIST, comparison: { ...COMPARISON, checkpoint } });
      await answer(panel, { kind: 'list', checkpoint: 100 }, at(100));
      await answer(panel, pairQuestion('train-2', 100), pairOf('train-2'));
      await panel.page.getByRole('article', { name: 'Pair train-2' }).waitFor();
      await panel.page.getByRole('combobox', { name: 'Policy at checkpoint' }).click();
      await panel.page.getByRole('option', { name: 'step 500' }).click();
      await answer(panel, LIST_500, at(500));
      await asked(panel, pairQuestion('train-2'));
      expect(await panel.page.evaluate('window.kept.navigation')).toEqual({
        checkpoint: 500,
        order: 'longest',
        split: 'train',
        search: '',
        tables: false,
        pair: 'train-2',
      });
      await answer(panel, pairQuestion('train-2'), pairOf('train-2'));
      await panel.page.getByText('Numbers of all tokens').click();
      await expect.poll(() => panel.page.evaluate('window.kept.navigation.tables')).toBe(true);
      // The run goes on, and keeps its newest checkpoints only.
      await panel.send([pairsPage({ checkpoints: [0, 600, 700] })]);
      await panel.page
        .getByRole('combobox', { name: 'Policy at checkpoint' })
        .getByRole('option', { name: 'step 500 (deleted)', includeHidden: true })
        .waitFor({ state: 'attached' });
      await settle(panel);
    });

    it('says why tokens are compared with something else than the reference', async () => {
      const panel = await openPanel([pairsPage()]);
      const why = 'This run has no reference: its reward is beta times log p itself.';
      const comparison = { ...COMPARISON, reference: 'no reference', why };
      await answer(panel, LIST_500, { ...LIST, comparison });
      await answer(panel, pairQuestion('train-1'), pairOf('train-1', { comparison }));
      await panel.page.locator('.sums', { hasText: why }).waitFor();
      await panel.page.getByRole('columnheader', { name: 'moved from the starting policy' }).waitFor();
      await settle(panel);
    });

    it('fits into 350 pixels, the list above the pair, however long a response is', async () => {
      const panel = await inspector({ width: 350, height: 800 });
      await panel.page.locator('.pair-row').nth(2).click();
      const long = Array.from({ length: 4000 }, (_, index) => (index % 50 === 49 ? '.\n' : ` w${index}`));
      const unbroken = 'x'.repeat(600);
      const chosen = response([...long, unbroken], [0.3, -0.2, 0.01]);
      await answer(panel, pairQuestion('eval-1'), pairOf('eval-1', { chosen }));
      await panel.page.getByText('w3998').waitFor();
      const overflow: number = await panel.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      const [list, article] = await Promise.all([
        panel.page.locator('.pair-list').boundingBox(),
        panel.page.getByRole('article').boundingBox(),
      ]);
      expect(article.y).toBeGreaterThan(list.y + list.height - 1);
      await settle(panel);
    });
  },
);

/** The lowest contrast between a token's text and its background (WCAG 2). Runs in the page. */
function lowestContrast(): number {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (colour: string): number => {
    if (!context) return Number.NaN;
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
      const share = byte / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const tokens = [...document.querySelectorAll('.token.likelier, .token.less-likely')];
  return Math.min(
    ...tokens.map((token) => {
      const { color, backgroundColor } = getComputedStyle(token);
      const [a, b] = [luminance(color), luminance(backgroundColor)];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }),
  );
}
