import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, codesOf, until, workspaceUri } from './support';

describe('the example', () => {
  const parent = () => workspaceUri('chosen');
  const config = () => vscode.Uri.joinPath(parent(), 'dpo-lab-examples', 'goldilocks', 'goldilocks.dpo.yaml');
  const shown = () => vscode.window.activeTextEditor?.document.uri.path;

  before(async () => {
    await vscode.workspace.fs.createDirectory(parent());
  });
  afterEach(closeEditors);
  after(async () => {
    await vscode.workspace.fs.delete(parent(), { recursive: true });
  });

  it('is copied with everything that it needs, and opened', async () => {
    await vscode.commands.executeCommand('dpoLab.openExample', parent());
    assert.equal(shown(), config().path);
    const names = (await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(config(), '..'))).map(
      ([name]) => name,
    );
    for (const name of ['policy', 'train.jsonl', 'held-out.jsonl', 'judge.yaml'])
      assert.ok(names.includes(name), name);
  });

  it('has a config with mistakes beside it', async () => {
    const broken = vscode.Uri.joinPath(parent(), 'dpo-lab-examples', 'broken', 'experiment.dpo.yaml');
    await vscode.commands.executeCommand('vscode.open', broken);
    await until('its problems are told', () => codesOf(broken).includes('OPT001'));
  });

  it('is opened as it is when it was copied before', async () => {
    const own = new TextEncoder().encode('# mine\n');
    await vscode.workspace.fs.writeFile(config(), own);
    await vscode.commands.executeCommand('dpoLab.openExample', parent());
    assert.equal(shown(), config().path);
    // An editor that has just been closed may still hold the text that was there before.
    await until('its text is shown', () => vscode.window.activeTextEditor?.document.getText() === '# mine\n');
  });
});
