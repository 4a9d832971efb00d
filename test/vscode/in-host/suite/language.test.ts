import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { behind, closeEditors, codesOf, hovers, openText, replace, until } from './support';

const CONFIG = 'model: org/model-7b\nobjective:\n  loss: sigmoid\n  beta: 0.05\ndata:\n  train: org/data\n';

async function actionsAt(editor: vscode.TextEditor, text: string): Promise<vscode.CodeAction[]> {
  const place = behind(editor, text);
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    editor.document.uri,
    new vscode.Range(place, place),
    vscode.CodeActionKind.QuickFix.value,
  );
}

describe('hover', () => {
  afterEach(closeEditors);

  it('says what an option is, and the measurements where they decide', async () => {
    const editor = await openText('hover.dpo.yaml', CONFIG);
    const [loss = ''] = await hovers(editor, 'loss');
    assert.match(loss, /\*\*objective\.loss\*\*/);
    const [beta = ''] = await hovers(editor, 'bet');
    assert.match(beta, /16\.25/);
  });
});

describe('quick fixes', () => {
  afterEach(closeEditors);

  it('remove the problem they belong to; the first is the preferred one', async () => {
    const editor = await openText('fix.dpo.yaml', CONFIG.replace('beta', 'betta'));
    const { uri } = editor.document;
    await until('KEY001 is shown', () => codesOf(uri).includes('KEY001'));
    const actions = await until('fixes are offered', async () => {
      const found = await actionsAt(editor, 'bett');
      return found.length > 0 && found;
    });
    const rename = actions.find(({ title }) => title === 'Rename to beta');
    assert.ok(rename?.edit, actions.map(({ title }) => title).join(', '));
    assert.equal(rename.isPreferred, true);
    assert.equal(actions.filter(({ isPreferred }) => isPreferred).length, 1);
    await vscode.workspace.applyEdit(rename.edit);
    await until('KEY001 is gone', () => !codesOf(uri).includes('KEY001'));
  });

  it('silence a warning on its line', async () => {
    const editor = await openText('ignore.dpo.yaml', CONFIG.replace('0.05', '0.001'));
    const { uri } = editor.document;
    await until('BETA003 is shown', () => codesOf(uri).includes('BETA003'));
    const ignore = await until('ignoring is offered', async () =>
      (await actionsAt(editor, '0.00')).find(({ title }) => title === 'Ignore BETA003 on this line'),
    );
    assert.ok(ignore.edit);
    await vscode.workspace.applyEdit(ignore.edit);
    assert.match(editor.document.getText(), /beta: 0\.001 {2}# dpo-lab: ignore BETA003/);
    await until('BETA003 is gone', () => !codesOf(uri).includes('BETA003'));
  });
});

describe('outline', () => {
  afterEach(closeEditors);

  it('lists sections and options with their values', async () => {
    const { document } = await openText('outline.dpo.yaml', CONFIG);
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    const lines = symbols.flatMap(({ name, detail, children }) => [
      `${name} ${detail}`.trim(),
      ...children.map((child) => `  ${child.name} ${child.detail}`),
    ]);
    assert.deepEqual(lines, [
      'model "org/model-7b"',
      'objective',
      '  loss "sigmoid"',
      '  beta 0.05',
      'data',
      '  train "org/data"',
    ]);
  });
});

describe('lenses', () => {
  afterEach(closeEditors);

  async function lensesOf(uri: vscode.Uri): Promise<vscode.Command[]> {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
      50,
    );
    return lenses.flatMap(({ command }) => command ?? []);
  }

  async function lens(uri: vscode.Uri, title: RegExp): Promise<vscode.Command> {
    const all = await lensesOf(uri);
    const found = all.find((each) => title.test(each.title));
    assert.ok(found, `no lens ${title} among: ${all.map((each) => each.title).join(' | ')}`);
    return found;
  }

  it('stand above model, reference and beta', async () => {
    const { document } = await openText('lens.dpo.yaml', CONFIG);
    await lens(document.uri, /^Reference: /);
    await lens(document.uri, /^Switch reference/);
    await lens(document.uri, /Train$/);
    await lens(document.uri, /Sweep beta\.\.\.$/);
    await lens(document.uri, /^Compute log-probabilities$/);
    await lens(document.uri, /Sweep around 0\.05$/);
  });

  it('add a sweep around beta, once', async () => {
    const { document } = await openText('sweep.dpo.yaml', CONFIG);
    const { command, arguments: args = [] } = await lens(document.uri, /^Add sweep$/);
    await vscode.commands.executeCommand(command, ...args);
    assert.match(document.getText(), /\nsweep:\n {2}beta: \[0\.2, 0\.1, 0\.05, 0\.02, 0\.01\]\n/);
    const text = document.getText();
    // Clicked again before it is drawn anew, the lens belongs to an older text and changes nothing.
    void vscode.commands.executeCommand(command, ...args);
    assert.ok(!(await lensesOf(document.uri)).some(({ title }) => title === 'Add sweep'));
    assert.equal(document.getText(), text);
  });

  it('open pages about the config, which follow it', async () => {
    const editor = await openText('page.dpo.yaml', CONFIG);
    const { command, arguments: args = [] } = await lens(editor.document.uri, /^Reference: /);
    await vscode.commands.executeCommand(command, ...args);
    const page = await until('the page is open', () =>
      vscode.workspace.textDocuments.find(
        ({ uri }) => uri.scheme === 'dpo-lab' && uri.path.startsWith('/reference/'),
      ),
    );
    assert.match(page.getText(), /^# .*reference/);
    const before = page.getText();
    await replace(editor, 'data:', 'reference:\n  policy: none\ndata:');
    await until('the page has changed', () => page.getText() !== before);
  });

  it('can be switched off', async () => {
    const { document } = await openText('off.dpo.yaml', CONFIG);
    const settings = vscode.workspace.getConfiguration('dpoLab');
    await settings.update('codeLens', false, vscode.ConfigurationTarget.Workspace);
    assert.deepEqual(await lensesOf(document.uri), []);
    await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Workspace);
    await lens(document.uri, /^Reference: /);
  });
});

describe('commands', () => {
  afterEach(closeEditors);

  it('add a sweep to the config in front', async () => {
    const { document } = await openText('command.dpo.yaml', CONFIG);
    await vscode.commands.executeCommand('dpoLab.addSweep');
    assert.match(document.getText(), /sweep:\n {2}beta: \[/);
  });

  it('open the page of a rule, rendered', async () => {
    await openText('explain.dpo.yaml', CONFIG);
    await vscode.commands.executeCommand('dpoLab.explainRule', 'BETA001');
    const tab = await until('the page is shown', () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => label.includes('BETA001')),
    );
    assert.ok(tab.input instanceof vscode.TabInputCustom, 'it is shown as Markdown source');
    assert.equal(tab.input.viewType, 'vscode.markdown.preview.editor');
  });

  it('have a page even for an address that means nothing', async () => {
    const page = await vscode.workspace.openTextDocument(vscode.Uri.parse('dpo-lab:/nothing.md'));
    assert.match(page.getText(), /no page/);
    const rule = await vscode.workspace.openTextDocument(vscode.Uri.parse('dpo-lab:/rule/NONE999.md'));
    assert.match(rule.getText(), /NONE999/);
  });
});
