import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

/** What the suites share: files in the opened folder, and waiting for what VS Code shows about them. */

const LIMIT_MS = 20_000;

export function workspaceUri(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

export async function writeFile(uri: vscode.Uri, text: string): Promise<vscode.Uri> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

/** Opens as a user does: unlike `openTextDocument`, this lets the document go when its editor is closed. */
export async function open(uri: vscode.Uri): Promise<vscode.TextEditor> {
  await vscode.commands.executeCommand('vscode.open', uri);
  return until(`${uri.path} is shown`, () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.uri.toString() === uri.toString() ? editor : undefined;
  });
}

/** Writes a file of the opened folder and opens it. */
export async function openText(name: string, text: string): Promise<vscode.TextEditor> {
  return open(await writeFile(workspaceUri(name), text));
}

export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Replaces the first occurrence of a text. */
export async function replace(editor: vscode.TextEditor, old: string, now: string): Promise<void> {
  const start = editor.document.getText().indexOf(old);
  assert.ok(start >= 0, `"${old}" is not in the document`);
  const range = new vscode.Range(
    editor.document.positionAt(start),
    editor.document.positionAt(start + old.length),
  );
  assert.ok(await editor.edit((edit) => edit.replace(range, now)));
}

/** The place right behind the first occurrence of a text. */
export function behind(editor: vscode.TextEditor, text: string): vscode.Position {
  const start = editor.document.getText().indexOf(text);
  assert.ok(start >= 0, `"${text}" is not in the document`);
  return editor.document.positionAt(start + text.length);
}

/** The labels that completion offers behind a text. */
export async function offered(editor: vscode.TextEditor, text: string): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    editor.document.uri,
    behind(editor, text),
  );
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

/** The texts that hovering over the end of a text shows. */
export async function hovers(editor: vscode.TextEditor, text: string): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    behind(editor, text),
  );
  return found.flatMap(({ contents }) =>
    contents.map((content) => (typeof content === 'string' ? content : content.value)),
  );
}

export function diagnosticsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri);
}

export function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Codes of our problems. */
export function codesOf(uri: vscode.Uri): string[] {
  return diagnosticsOf(uri)
    .filter(({ source }) => source === 'DPO Lab')
    .map(codeOf);
}

/** Waits until a probe gives something; shows what it gave last when that takes too long. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Thenable<T | undefined | false>,
  limit = LIMIT_MS,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const result = await probe();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) assert.fail(`not within ${limit / 1000} s: ${what}`);
    await delay(50);
  }
}

/** Waits until the codes of our problems are these, in any order. */
export async function untilCodes(uri: vscode.Uri, expected: readonly string[]): Promise<void> {
  let seen: string[] = [];
  const wanted = [...expected].sort().join(' ');
  await until(`problems are [${wanted}]`, () => {
    seen = codesOf(uri);
    return seen.sort().join(' ') === wanted;
  }).catch((error) => {
    throw new Error(`${error.message}; they are [${seen.join(' ')}]`);
  });
}
