import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../commands';
import { type Answer, BACK, type Question, typeText } from '../questions/quick-pick';
import { exists } from '../vscode/file-system';

/** Where a new experiment is put. */

/** Asks until the name is free or the user agrees to replace what has it. */
export async function askFileName(
  question: Question,
  folder: vscode.Uri,
  model: string,
): Promise<Answer<string>> {
  let proposed = await freeName(folder, model);
  for (;;) {
    const answer = await typeText(question, proposed, (name) => nameProblem(name, folder));
    if (answer === BACK || answer === undefined) return answer;
    const name = withEnding(answer);
    if (!(await exists(vscode.Uri.joinPath(folder, name)))) return name;
    const replace = 'Replace';
    const message = `${name} exists already. Replace it with the new experiment?`;
    if ((await vscode.window.showWarningMessage(message, { modal: true }, replace)) === replace) return name;
    proposed = name;
  }
}

function nameProblem(name: string, folder: vscode.Uri): string | undefined {
  if (!name) return 'The experiment needs a file name.';
  if (/[\\/:*?"<>|]/.test(name)) return `A name without folders: the file is written to ${folder.fsPath}.`;
  return undefined;
}

function withEnding(name: string): string {
  return /\.dpo\.ya?ml$/i.test(name) ? name : `${name.replace(/(\.dpo)?(\.ya?ml)?$/i, '')}.dpo.yaml`;
}

async function freeName(folder: vscode.Uri, model: string): Promise<string> {
  const base = model.slice(model.search(/[^\\/]*$/)) || 'experiment';
  for (let number = 1; ; number++) {
    const name = `${base}${number === 1 ? '' : `-${number}`}.dpo.yaml`;
    const file = vscode.Uri.joinPath(folder, name);
    const isOpen = vscode.workspace.textDocuments.some(({ uri }) => uri.path === file.path);
    if (!isOpen && !(await exists(file))) return name;
  }
}

export async function writeNewFile(file: vscode.Uri, text: string): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${file.fsPath} could not be written: ${reason} Check the folder's permissions, or open another folder.`,
    );
  }
  await vscode.window.showTextDocument(file);
}

/** Under a name, so that it is checked before it is saved. */
export async function openUnsaved(model: string, text: string): Promise<void> {
  const home = vscode.Uri.file(homedir());
  const file = vscode.Uri.joinPath(home, await freeName(home, model));
  const document = await vscode.workspace.openTextDocument(file.with({ scheme: 'untitled' }));
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), text);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
  const saveAs = 'Save As...';
  const message = `No folder is open, so the new experiment is not saved yet. Save puts it into ${home.fsPath}.`;
  if ((await vscode.window.showInformationMessage(message, saveAs)) === saveAs) {
    await vscode.commands.executeCommand('workbench.action.files.saveAs');
  }
}
