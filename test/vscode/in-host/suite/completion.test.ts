import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { behind, closeEditors, offered, openText, until, workspaceUri, writeFile } from './support';

/** Chooses an item as a user does, so that VS Code filters and inserts it. */
async function choose(editor: vscode.TextEditor, text: string, label: string): Promise<void> {
  const position = behind(editor, text);
  editor.selection = new vscode.Selection(position, position);
  await vscode.commands.executeCommand('editor.action.triggerSuggest');
  await until(`${label} is inserted`, async () => {
    await vscode.commands.executeCommand('acceptSelectedSuggestion');
    return editor.document.getText().includes(label);
  });
}

function cacheModel(id: string): void {
  const cache = path.join(process.env.XDG_CACHE_HOME ?? '', 'huggingface', 'hub');
  const snapshot = path.join(cache, `models--${id.replace('/', '--')}`, 'snapshots', '0123');
  mkdirSync(snapshot, { recursive: true });
  writeFileSync(path.join(snapshot, 'config.json'), '{}');
}

describe('completion', () => {
  afterEach(closeEditors);

  it('offers the keys of the file and of a section', async () => {
    const editor = await openText('keys.dpo.yaml', 'model: org/model\nobjective:\n  be\n\n');
    const inSection = await offered(editor, '  be');
    assert.ok(inSection.includes('beta') && inSection.includes('loss'), inSection.join(' '));
    assert.ok(!inSection.includes('epochs'), inSection.join(' '));
    const atTop = await offered(editor, '  be\n');
    assert.ok(atTop.includes('data') && atTop.includes('sweep'), atTop.join(' '));
    assert.ok(!atTop.includes('model'), 'a key that is written already is not offered again');
  });

  it('offers the losses of the trainer', async () => {
    const editor = await openText('loss.dpo.yaml', 'model: org/model\nobjective:\n  loss: \n');
    assert.deepEqual(await offered(editor, 'loss: '), ['sigmoid', 'hinge', 'ipo', 'robust']);
  });

  it('inserts what was chosen', async () => {
    const editor = await openText('chosen.dpo.yaml', 'model: org/model\nobjective:\n  loss: hin\n');
    await choose(editor, 'loss: hin', 'hinge');
    assert.equal(editor.document.getText(), 'model: org/model\nobjective:\n  loss: hinge\n');
  });

  it('offers models of the hub cache and data files of the workspace', async () => {
    cacheModel('organization/cached-model');
    await writeFile(workspaceUri('data/train.jsonl'), '{}\n');
    const text = 'model: \ndata:\n  train: \n';
    const editor = await openText('configs/names.dpo.yaml', text);
    // Names are looked up every few seconds, so they may have been a moment before.
    await until('the model is offered', async () =>
      (await offered(editor, 'model: ')).includes('organization/cached-model'),
    );
    await until('the file is offered', async () =>
      (await offered(editor, 'train: ')).includes('../data/train.jsonl'),
    );
  });

  it('offers the columns of the data', async () => {
    await writeFile(workspaceUri('columns.jsonl'), '{"question": "q", "good": "a", "bad": "b"}\n'.repeat(3));
    const text = 'model: org/model\ndata:\n  train: columns.jsonl\n  columns:\n    prompt: \n';
    const editor = await openText('columns.dpo.yaml', text);
    const columns = await until('columns are offered', async () => {
      const labels = await offered(editor, 'prompt: ');
      return labels.includes('question') && labels;
    });
    assert.ok(columns.includes('good') && columns.includes('bad'), columns.join(' '));
  });

  it('replaces a quoted value in JSON as a whole', async () => {
    cacheModel('organization/cached-model');
    const editor = await openText('quoted.dpo.json', '{\n  "model": "organ"\n}\n');
    await choose(editor, '"organ', 'organization/cached-model');
    assert.equal(editor.document.getText(), '{\n  "model": "organization/cached-model"\n}\n');
  });
});
