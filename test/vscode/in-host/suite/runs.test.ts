import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { closeEditors, open, replace, until, workspaceUri, writeFile } from './support';
import { CONFIG, completed, runs, started, status, tinyConfig } from './tiny-runs';

/** A shell would read something else in each of these names. */
const ODD_FOLDER = `-ru n's $(id) ü`;

async function lensTitles(uri: vscode.Uri): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    50,
  );
  return lenses.flatMap(({ command }) => command?.title ?? []);
}

describe('training', () => {
  afterEach(closeEditors);

  it('starts nothing from a config with errors', async () => {
    const config = await tinyConfig('broken', CONFIG.replace('0.1', '-1'));
    const before = runs();
    // The command waits for an answer to its message.
    void vscode.commands.executeCommand('dpoLab.train', config);
    await until(
      'the config is shown',
      () => vscode.window.activeTextEditor?.document.uri.path === config.path,
    );
    assert.deepEqual(runs(), before);
  });

  it('saves the config, trains it, and tells what came of it', async () => {
    const config = await tinyConfig('tiny');
    const editor = await open(config);
    await replace(editor, 'steps: 4', 'steps: 3');
    const [id = ''] = await started('dpoLab.train', config);
    assert.equal(editor.document.isDirty, false);
    await completed(id);
    assert.equal(status(id).step, 3);
    await until('the lenses know of it', async () => {
      const titles = (await lensTitles(config)).join(' | ');
      return (
        /Last run: completed/.test(titles) &&
        /Log-probabilities: computed/.test(titles) &&
        /accuracy: \d+ % at 0\.1/.test(titles)
      );
    });
  });

  it('does not call a table cached after the data has changed', async () => {
    const config = workspaceUri('tiny/tiny.dpo.yaml');
    await open(config);
    assert.ok((await lensTitles(config)).includes('Log-probabilities: computed'));
    const pairs = workspaceUri('tiny/pairs.jsonl');
    await writeFile(pairs, readFileSync(pairs.fsPath, 'utf8'));
    assert.ok((await lensTitles(config)).includes('Compute log-probabilities'));
    // The pairs are the same, so the table is found, and from then on it is known again.
    await vscode.commands.executeCommand('dpoLab.computeReference', config);
    assert.ok((await lensTitles(config)).includes('Log-probabilities: computed'));
  });

  it('says how well another model fits as the reference', async () => {
    const config = await tinyConfig('foreign', CONFIG.replace('policy: same', 'policy: ./other'));
    const folder = workspaceUri('foreign').fsPath;
    cpSync(path.join(folder, 'model'), path.join(folder, 'other'), { recursive: true });
    const weights = path.join(folder, 'other/model.safetensors');
    const bytes = readFileSync(weights);
    // Another model: one weight differs.
    bytes.writeFloatLE(0.5, bytes.length - 4);
    writeFileSync(weights, bytes);
    await open(config);
    assert.ok((await lensTitles(config)).includes('Compare with policy'));
    await vscode.commands.executeCommand('dpoLab.compareReference', config);
    const page = await until('the report is there', () =>
      vscode.workspace.textDocuments.find(({ uri }) => uri.path.startsWith('/report/tiny')),
    );
    assert.match(page.getText(), /^# .*other as reference for .*model/);
    assert.match(page.getText(), /rank correlation of margins/);
    assert.ok((await lensTitles(config)).includes('Log-probabilities: computed'));
  });

  it('sweeps the betas that it is given, in a folder whose name a shell would read otherwise', async () => {
    const config = await tinyConfig(ODD_FOLDER);
    const ids = await started('dpoLab.sweepBeta', config, [0.5, 0.02]);
    assert.deepEqual(
      ids.map((id) => /beta([\d.]+)/.exec(id)?.[1]),
      ['0.5', '0.02'],
    );
    for (const id of ids) await completed(id);
  });

  it('trains only the arms that are not there, where a number of seeds is asked for', async () => {
    const config = await tinyConfig('seeds');
    const arms = (ids: readonly string[]) =>
      ids.map((id) => {
        const run = JSON.parse(
          readFileSync(path.join(workspaceUri('.dpo/runs').fsPath, id, 'run.json'), 'utf8'),
        );
        return [run.config.objective.beta, run.config.training.seed];
      });
    const [first = ''] = await started('dpoLab.sweepBeta', config, [0.5]);
    await completed(first);
    const more = await started('dpoLab.sweepBeta', config, [0.5, 0.2], 2);
    assert.deepEqual(arms(more), [
      [0.2, 0],
      [0.5, 1],
      [0.2, 1],
    ]);
    for (const id of more) await completed(id);
  });

  it('asks for the betas of a sweep that the config does not name', async () => {
    const config = await tinyConfig('asked');
    const before = runs();
    const starting = started('dpoLab.sweepBeta', config);
    // The first choice, as soon as there is one: betas around that of the config.
    await until('arms are there', async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return runs().length > before.length;
    });
    const ids = await starting;
    assert.deepEqual(
      ids.map((id) => /beta([\d.]+)/.exec(id)?.[1]),
      ['0.5', '0.2', '0.1', '0.05', '0.02'],
    );
    for (const id of ids) await vscode.commands.executeCommand('dpoLab.stopRun', id);
    for (const id of ids)
      await until(`${id} has ended`, () => /stopped|completed/.test(String(status(id).state)));
  });

  it('stops a run, and goes on with it', async () => {
    const config = await tinyConfig('long', CONFIG.replace('steps: 4', 'steps: 3000'));
    const [id = ''] = await started('dpoLab.train', config);
    await until('it trains', () => Number(status(id).step) > 2);
    await vscode.commands.executeCommand('dpoLab.stopRun', id);
    await until('it has stopped', () => status(id).state === 'stopped');
    const stoppedAt = Number(status(id).step);
    await vscode.commands.executeCommand('dpoLab.resumeRun', id);
    await until('it goes on', () => Number(status(id).step) > stoppedAt);
    await vscode.commands.executeCommand('dpoLab.stopRun', id);
    await until('it has stopped again', () => status(id).state === 'stopped');
  });
});
