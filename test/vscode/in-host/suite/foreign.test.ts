import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, codesOf, hovers, offered, openText, until } from './support';

const TRL = `model_name_or_path: org/model-sft
dataset_name: org/pairs
beta: 0.1
loss_type: sigmoid
max_prompt_length: 512
`;

async function lensesOf(uri: vscode.Uri): Promise<string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    50,
  );
  return lenses.map(({ command }) => command?.title ?? '');
}

describe('configs of other trainers', () => {
  afterEach(closeEditors);

  it('are recognised by their content, with problems, lenses and hovers', async () => {
    const editor = await openText('recipes/trl.yaml', TRL);
    const { uri } = editor.document;
    await until('a key that went is reported', () => codesOf(uri).includes('KEY002'));
    const lenses = await until('lenses are shown', async () => {
      const titles = await lensesOf(uri);
      return titles.length > 0 ? titles : undefined;
    });
    assert.ok(
      lenses.some((title) => title.startsWith('TRL ')),
      lenses.join(),
    );
    assert.ok(
      lenses.some((title) => title.includes('a frozen copy of the starting policy')),
      lenses.join(),
    );
    assert.ok((await hovers(editor, 'beta')).some((text) => text.includes('Win rate by beta')));
  });

  it("complete the trainer's own keys", async () => {
    const editor = await openText('recipes/keys.yaml', `${TRL}precomp`);
    await until('problems are shown', () => codesOf(editor.document.uri).length > 0);
    assert.ok((await offered(editor, 'precomp')).includes('precompute_ref_log_probs'));
  });

  it('become none when they are rewritten as something else', async () => {
    const editor = await openText('recipes/rewritten.yaml', TRL);
    const { document } = editor;
    await until('problems are shown', () => codesOf(document.uri).length > 0);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, 'services:\n  web:\n    image: nginx\n'));
    await until('nothing is reported', () => codesOf(document.uri).length === 0);
    assert.deepEqual(await lensesOf(document.uri), []);
  });

  it('other YAML files get nothing', async () => {
    const { document } = await openText('recipes/compose.yaml', 'services:\n  web:\n    image: nginx\n');
    assert.deepEqual(await lensesOf(document.uri), []);
    assert.deepEqual(codesOf(document.uri), []);
  });
});
