import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  closeEditors,
  codeOf,
  codesOf,
  diagnosticsOf,
  openText,
  replace,
  until,
  workspaceUri,
  writeFile,
} from './support';

const PAIRS =
  '{"prompt": "Why is the sky blue?", "chosen": "Air scatters blue.", "rejected": "It is blue paint."}\n';

function config(train: string): string {
  return `model: org/model-7b\nobjective:\n  beta: 0.02\ndata:\n  train: ${train}\n  eval_fraction: 0.1\n`;
}

/** What is known beyond the text: models and data on this machine. */
describe('facts', () => {
  afterEach(closeEditors);

  it('tell of a missing data file, and of its coming and going', async () => {
    const file = workspaceUri('comes.jsonl');
    const { document } = await openText('comes.dpo.yaml', config('comes.jsonl'));
    const missing = await until('DATA006 is shown', () =>
      diagnosticsOf(document.uri).find((each) => codeOf(each) === 'DATA006'),
    );
    assert.equal(document.getText(missing.range), 'comes.jsonl');
    await writeFile(file, PAIRS.repeat(40));
    await until('DATA006 is gone', () => !codesOf(document.uri).includes('DATA006'));
    await vscode.workspace.fs.delete(file);
    await until('DATA006 is back', () => codesOf(document.uri).includes('DATA006'));
  });

  it('tell of columns, with a fix', async () => {
    await writeFile(workspaceUri('named.jsonl'), PAIRS.replace('chosen', 'better').repeat(40));
    const { document } = await openText('named.dpo.yaml', config('named.jsonl'));
    await until('DATA007 is shown', () => codesOf(document.uri).includes('DATA007'));
  });

  it('are not used with a text that asks another question', async () => {
    await writeFile(workspaceUri('there.jsonl'), PAIRS.repeat(40));
    const editor = await openText('question.dpo.yaml', config('gone.jsonl'));
    const { uri } = editor.document;
    await until('DATA006 is shown', () => codesOf(uri).includes('DATA006'));
    await replace(editor, 'gone', 'there');
    await until('DATA006 is gone', () => !codesOf(uri).includes('DATA006'));
  });

  it('of a folder are looked up anew when its files change', async () => {
    const folder = workspaceUri('some-model');
    await vscode.workspace.fs.createDirectory(folder);
    const editor = await openText(
      'model.dpo.yaml',
      config('org/data').replace('org/model-7b', './some-model'),
    );
    const { uri } = editor.document;
    await until('MODEL001 is shown', () => codesOf(uri).includes('MODEL001'));
    await writeFile(
      vscode.Uri.joinPath(folder, 'config.json'),
      '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 100}',
    );
    await until('MODEL001 is gone', () => !codesOf(uri).includes('MODEL001'));
  });
});
