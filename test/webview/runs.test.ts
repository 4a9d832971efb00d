import { describe, expect, it } from 'vitest';
import type { ToPanel } from '../../src/core/panels/protocol';
import { type RunRow, runRow } from '../../src/core/runs/run-row';
import { noBrowser, type PanelPage, setTheme, usePanels } from './panel-page';
import { knownArm } from './sweep-arms';

const PAGE: ToPanel = { kind: 'page', page: { kind: 'runs', title: 'Runs' } };

function row(index: number, change: Partial<RunRow> = {}): RunRow {
  const one = runRow(
    knownArm({ beta: 0.1 / (1 + (index % 7)), seed: index % 3, winRate: (index % 100) / 100 }),
  );
  return { ...one, id: `run-${index}`, folder: `/runs/run-${index}`, created: index * 60_000, ...change };
}

const rows = (count: number, change?: (index: number) => Partial<RunRow>): ToPanel => ({
  kind: 'rows',
  rows: Array.from({ length: count }, (_, index) => row(index, change?.(index))),
  removed: [],
});

describe.skipIf(noBrowser !== undefined)(
  `table of runs${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    const open = usePanels();
    const names = ({ page }: PanelPage): Promise<string[]> =>
      page.locator('.grid-space .cell-name').allInnerTexts();
    const status = ({ page }: PanelPage): Promise<string> => page.getByRole('status').innerText();

    it('searches, sorts and keeps it', async () => {
      const panel = await open([
        PAGE,
        rows(4, (index) => ({ name: `n${index}`, winRate: [0.3, Number.NaN, 0.7, 0.5][index] ?? 0 })),
      ]);
      expect(await names(panel)).toEqual(['n3', 'n2', 'n1', 'n0']);
      await panel.page.getByRole('button', { name: 'Win rate' }).click();
      expect(await names(panel)).toEqual(['n2', 'n3', 'n0', 'n1']);
      await panel.page.getByRole('button', { name: 'Win rate' }).click();
      expect(await names(panel)).toEqual(['n0', 'n3', 'n2', 'n1']);
      await panel.page.getByRole('searchbox').fill('n3');
      expect(await names(panel)).toEqual(['n3']);
      expect(await status(panel)).toBe('1 of 4 runs');
      const kept = (await panel.page.evaluate('window.kept')) as { navigation: unknown };
      const again = await open([PAGE, rows(4, (index) => ({ name: `n${index}` }))], {
        kept: kept.navigation,
      });
      expect(await names(again)).toEqual(['n3']);
    });

    it('puts runs together, folds groups, hides the archived', async () => {
      const panel = await open([
        PAGE,
        rows(4, (index) => ({ experiment: index < 2 ? 'a' : 'b', archived: index === 3, name: `n${index}` })),
      ]);
      expect(await names(panel)).toEqual(['n2', 'n1', 'n0']);
      await panel.page.locator('vscode-checkbox', { hasText: 'Archived' }).click();
      expect(await names(panel)).toEqual(['n3', 'n2', 'n1', 'n0']);
      await panel.page.locator('vscode-dropdown').press('ArrowDown');
      await panel.page.getByRole('button', { name: '▾ b 2' }).click();
      expect(await names(panel)).toEqual(['n1', 'n0']);
    });

    it('does things to chosen runs', async () => {
      const panel = await open([PAGE, rows(3)]);
      const boxes = panel.page.locator('.grid-space input');
      await boxes.nth(0).click();
      await boxes.nth(2).click({ modifiers: ['Shift'] });
      expect(await status(panel)).toBe('3 runs, 3 chosen');
      await panel.page.getByRole('button', { name: 'Compare 3' }).click();
      await panel.page.getByRole('button', { name: 'Archive', exact: true }).click();
      await panel.page.getByRole('button', { name: 'CSV' }).click();
      const said = (await panel.said()).flatMap((message) => (message.kind === 'do' ? [message.action] : []));
      const runs = ['/runs/run-2', '/runs/run-1', '/runs/run-0'];
      expect(said.slice(0, 2)).toEqual([
        { kind: 'compare', runs },
        { kind: 'mark', mark: 'archive', runs },
      ]);
      expect(said[2]).toMatchObject({ kind: 'saveText', name: 'runs' });
      const csv = said[2]?.kind === 'saveText' ? said[2].text : '';
      expect(csv.split('\n')).toHaveLength(5);
      expect(csv).toMatch(/^name,beta,seed,state,winRate,/);
    });

    it('holds ten thousand runs, of which it draws those in sight, and goes through them by keyboard', async () => {
      const panel = await open([PAGE, rows(10_000, (index) => ({ name: `n${index}` }))]);
      expect(await status(panel)).toBe('10,000 runs');
      expect((await names(panel)).length).toBeLessThan(80);
      const grid = panel.page.getByRole('grid');
      await grid.focus();
      await grid.press('End');
      await expect.poll(() => names(panel)).toContain('n0');
      await grid.press('Enter');
      expect((await panel.said()).at(-1)).toEqual({
        kind: 'do',
        action: { kind: 'open', run: '/runs/run-0' },
      });
      await panel.send([{ kind: 'rows', rows: [], removed: ['/runs/run-0'] }]);
      expect(await status(panel)).toBe('9,999 runs');
    });

    it('chooses and pins columns', async () => {
      const panel = await open([PAGE, rows(2)], { width: 700 });
      await panel.page.getByRole('button', { name: 'Columns' }).click();
      await panel.page.getByRole('checkbox', { name: 'Show Model' }).check();
      await panel.page.getByRole('checkbox', { name: 'Pin Beta' }).check();
      await panel.page.getByRole('checkbox', { name: 'Show Note' }).uncheck();
      const heads: string[] = await panel.page.getByRole('columnheader').allInnerTexts();
      expect(heads).toContain('Model');
      expect(heads).not.toContain('Note');
      expect(await panel.page.locator('.grid-head .is-pinned').allInnerTexts()).toEqual([
        'Chosen',
        'Name',
        'Beta',
      ]);
      for (const theme of ['light', 'high contrast'] as const) await setTheme(panel, theme);
      expect(panel.complaints).toEqual([]);
    });
  },
);
