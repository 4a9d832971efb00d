import assert from 'node:assert/strict';
import * as vscode from 'vscode';

async function used(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(`dpoLab_${name}`, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('tools for assistants', () => {
  it('are there, each with a schema', () => {
    const ours = vscode.lm.tools.filter(({ name }) => name.startsWith('dpoLab_'));
    assert.equal(ours.length, 13);
    for (const { inputSchema } of ours) assert.ok(inputSchema);
  });

  it('answer, and say what is wrong', async () => {
    assert.match(await used('explain', { code: 'BETA001' }), /They are data[\s\S]*BETA001/);
    assert.match(await used('check', { file: 'a.dpo.yaml' }), /errors/);
    assert.match(await used('explain', { code: 'NOPE' }), /^Not done: There is no code NOPE/);
    assert.match(await used('check', { file: '../../x.dpo.yaml' }), /lies outside of/);
    assert.match(await used('status', {}), /runs/);
  });

  it('start nothing without a confirmation', async () => {
    const text = await used('start', { file: 'a.dpo.yaml' });
    assert.match(text, /nothing started yet|Not done/);
  });
});
