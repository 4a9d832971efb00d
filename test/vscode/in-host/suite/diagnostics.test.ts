import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import {
  closeEditors,
  codeOf,
  codesOf,
  diagnosticsOf,
  open,
  openText,
  replace,
  until,
  workspaceUri,
  writeFile,
} from './support';

const NEGATIVE_BETA = 'model: org/model\nobjective:\n  beta: -1\ndata:\n  train: org/data\n';

describe('problems', () => {
  afterEach(closeEditors);

  it('appear when a config is opened, with source, code and a link to the rule', async () => {
    const { document } = await openText('appear.dpo.yaml', NEGATIVE_BETA);
    const diagnostic = await until('BETA002 is shown', () =>
      diagnosticsOf(document.uri).find((each) => codeOf(each) === 'BETA002'),
    );
    assert.equal(diagnostic.source, 'DPO Lab');
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(diagnostic.range), '-1');
    assert.ok(typeof diagnostic.code === 'object' && 'target' in diagnostic.code);
    assert.equal(diagnostic.code.target.toString(), 'dpo-lab:/rule/BETA002.md');
  });

  it('are those of the text as it is after fast typing', async () => {
    const editor = await openText('typing.dpo.yaml', NEGATIVE_BETA);
    const { uri } = editor.document;
    await until('BETA002 is shown', () => codesOf(uri).includes('BETA002'));
    for (const [old, now] of [
      ['-1', '-2'],
      ['-2', '-34'],
      ['model:', '# a\n# b\nmodel:'],
      ['-34', '-5'],
    ] as const) {
      await replace(editor, old, now);
      await delay(40);
    }
    const marked = () =>
      diagnosticsOf(uri)
        .filter((each) => codeOf(each) === 'BETA002')
        .map(({ range, message }) => `${editor.document.getText(range)} ${/-\d+/.exec(message)}`);
    await until('BETA002 is about -5', () => marked().join() === '-5 -5');
    // Nothing that was under way for an older text arrives later.
    for (let wait = 0; wait < 10; wait++) {
      await delay(50);
      assert.deepEqual(marked(), ['-5 -5']);
    }
  });

  it('go when the text is mended', async () => {
    const editor = await openText('mended.dpo.yaml', NEGATIVE_BETA);
    await until('BETA002 is shown', () => codesOf(editor.document.uri).includes('BETA002'));
    await replace(editor, '-1', '0.01');
    await until('BETA002 is gone', () => !codesOf(editor.document.uri).includes('BETA002'));
  });

  it('go when the config is closed', async () => {
    const { document } = await openText('closed.dpo.yaml', NEGATIVE_BETA);
    await until('BETA002 is shown', () => codesOf(document.uri).includes('BETA002'));
    await closeEditors();
    await until('all are gone', () => diagnosticsOf(document.uri).length === 0);
  });

  it('mark text without effect as such', async () => {
    const { document } = await openText('faded.dpo.yaml', `${NEGATIVE_BETA}colour: red\n`);
    const unknown = await until('KEY001 is shown', () =>
      diagnosticsOf(document.uri).find((each) => codeOf(each) === 'KEY001'),
    );
    assert.deepEqual(unknown.tags, [vscode.DiagnosticTag.Unnecessary]);
  });

  it('are found in files of every spelling of the name, and in no others', async () => {
    const other = await openText('other.yaml', NEGATIVE_BETA);
    for (const name of ['name.dpo.yml', 'NAME.DPO.YAML']) {
      const { document } = await openText(name, NEGATIVE_BETA);
      await until(`BETA002 is shown in ${name}`, () => codesOf(document.uri).includes('BETA002'));
    }
    assert.deepEqual(codesOf(other.document.uri), []);
  });

  it('are not reported for old versions, which nobody can mend', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('old-version', {
      provideTextDocumentContent: () => NEGATIVE_BETA,
    });
    const old = await vscode.workspace.openTextDocument(vscode.Uri.parse('old-version:/old.dpo.yaml'));
    const { document } = await openText('new.dpo.yaml', NEGATIVE_BETA);
    await until('the new one is checked', () => codesOf(document.uri).includes('BETA002'));
    assert.deepEqual(codesOf(old.uri), []);
    provider.dispose();
  });

  it('of an unsaved document begin with its name', async () => {
    const uri = workspaceUri('unsaved.dpo.yaml').with({ scheme: 'untitled' });
    const editor = await open(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), NEGATIVE_BETA));
    await until('BETA002 is shown', () => codesOf(uri).includes('BETA002'));
  });

  it('survive an empty, a broken and a huge file', async () => {
    for (const [name, text] of [
      ['empty', ''],
      ['broken', '{[}:\n\t- "'],
      ['huge', 'x: y\n'.repeat(120_000)],
    ] as const) {
      const uri = await writeFile(workspaceUri(`${name}.dpo.yaml`), text);
      await open(uri);
      await until(`${name} has a problem`, () => codesOf(uri).length > 0);
    }
  });
});
