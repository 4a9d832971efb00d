import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEditors, codesOf, diagnosticsOf, hovers, offered, openText, until } from './support';

const CONFIG =
  '{\n  "model": "org/model-7b",\n  "objective": { "loss": "sigmoid", "beta": -1 },\n  "data": { "train": "org/data" }\n}\n';

/** VS Code's own JSON extension reads our schema; each thing is still shown once. */
describe('a config in JSON', () => {
  afterEach(closeEditors);

  it('has each problem once: ours about the config, VS Code’s about the syntax', async () => {
    const text = CONFIG.replace('"org/data" }', '"org/data" },\n  "data": {},\n  "colour": 1,');
    const { document } = await openText('once.dpo.json', text);
    await until('the syntax is reported', () =>
      diagnosticsOf(document.uri).some(({ source }) => source !== 'DPO Lab'),
    );
    assert.ok(!codesOf(document.uri).some((code) => code === 'SYN001' || code === 'SYN002'));
  });

  it('has no problem from the schema beside ours', async () => {
    const { document } = await openText('schema.dpo.json', CONFIG.replace('sigmoid', 'sigmoyd'));
    await until('LOSS001 is shown', () => codesOf(document.uri).includes('LOSS001'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.deepEqual(
      diagnosticsOf(document.uri)
        .filter(({ source }) => source !== 'DPO Lab')
        .map(({ message }) => message),
      [],
    );
  });

  it('has one hover text for an option, with the measurements added', async () => {
    const editor = await openText('hover.dpo.json', CONFIG);
    const texts = await until('the schema is read', async () => {
      const found = await hovers(editor, '"bet');
      return found.length > 1 && found;
    });
    assert.equal(
      texts.filter((text) => text.includes('Strength of the constraint')).length,
      1,
      texts.join('\n---\n'),
    );
    assert.equal(texts.filter((text) => text.includes('16.25')).length, 1);
  });

  it('offers each key and value once', async () => {
    const editor = await openText('offers.dpo.json', CONFIG.replace('"beta": -1', '"l": 1'));
    const labels = await until('keys are offered', async () => {
      const found = await offered(editor, '"l');
      return found.includes('label_smoothing') && found;
    });
    assert.deepEqual(labels, [...new Set(labels)]);
  });

  it('has one outline', async () => {
    const { document } = await openText('outline.dpo.json', CONFIG);
    const symbols = await until('there are symbols', async () => {
      const found = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      return found.length > 0 && found;
    });
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ['model', 'objective', 'data'],
    );
  });
});
