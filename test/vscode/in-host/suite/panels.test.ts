import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeEditors, until, workspaceUri } from './support';
import { completed, runs, started, tinyConfig } from './tiny-runs';

/** Titles of our panels, in the order of their tabs. */
function panels(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('dpoLab.panel'))
    .map(({ label }) => label);
}

/** The id of the sweep that a run is an arm of. */
function sweepOf(id: string): string {
  return JSON.parse(readFileSync(workspaceUri(`.dpo/runs/${id}/run.json`).fsPath, 'utf8')).sweep;
}

async function shows(...titles: readonly string[]): Promise<void> {
  await until(`panels are [${titles.join(' | ')}]`, () => panels().join(' | ') === titles.join(' | ')).catch(
    (error) => {
      throw new Error(`${error.message}; they are [${panels().join(' | ')}]`);
    },
  );
}

describe('panels', () => {
  let arms: string[] = [];

  before(async () => {
    arms = await started('dpoLab.sweepBeta', await tinyConfig('panels'), [0.2, 0.1]);
    for (const id of arms) await completed(id);
    // The start has opened one beside the config.
    await until('the panel of the sweep is there', () => panels().join() === 'tiny, beta sweep');
    await closeEditors();
  });
  afterEach(closeEditors);

  it('show a run, once, by its id or folder', async () => {
    const [id = ''] = arms;
    await vscode.commands.executeCommand('dpoLab.openRun', id);
    await shows('tiny, beta 0.2');
    await vscode.commands.executeCommand('dpoLab.openRun', id);
    await shows('tiny, beta 0.2');
  });

  it('show the sweep of an arm, runs over one another, and the pairs of a run', async () => {
    const [first = '', second = ''] = arms;
    await vscode.commands.executeCommand('dpoLab.openSweep', first);
    await shows('tiny, beta sweep');
    // The same sweep, by its other arm and by its id.
    await vscode.commands.executeCommand('dpoLab.openSweep', second);
    await vscode.commands.executeCommand('dpoLab.openSweep', sweepOf(second));
    await vscode.commands.executeCommand('dpoLab.compareRuns', first, second);
    await until('two panels are there', () => panels().length === 2);
    await vscode.commands.executeCommand('dpoLab.inspectPairs', second);
    await until('the pairs are there', () => panels().at(-1) === 'tiny, beta 0.1, pairs');
    assert.equal(panels().length, 3);
  });

  it('say that a run is gone', async () => {
    const [id = ''] = arms;
    await vscode.commands.executeCommand('dpoLab.openRun', id);
    await shows('tiny, beta 0.2');
    await vscode.workspace.fs.delete(
      vscode.Uri.joinPath(
        vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file('/'),
        '.dpo/runs',
        id,
      ),
      { recursive: true },
    );
    await shows('This run is not there any more');
    assert.ok(!runs().includes(id));
  });
});
