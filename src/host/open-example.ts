import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from './commands';
import { exists } from './file-system';

/** Examples that the extension brings along; each folder is copied as it is. */
const EXAMPLES = ['goldilocks', 'broken'];
const CONFIG = ['goldilocks', 'goldilocks.dpo.yaml'];
const FOLDER = 'dpo-lab-examples';

/**
 * Copies the examples into a folder of the user's choice and opens the config of the first. What was copied there before
 * is opened as it is, so that nobody's changes and runs are lost.
 *
 * @param extension where the extension lies
 * @param chosen the folder, for tests; otherwise the user is asked
 */
export async function openExample(extension: vscode.Uri, chosen: unknown): Promise<void> {
  const parent = chosen instanceof vscode.Uri ? chosen : await askFolder();
  if (!parent) return;
  const folder = vscode.Uri.joinPath(parent, FOLDER);
  const config = vscode.Uri.joinPath(folder, ...CONFIG);
  if (!(await exists(folder))) await copyExamples(extension, folder);
  if (!(await exists(config))) {
    throw new UserError(`${folder.fsPath} exists, without the example in it. Choose another folder.`);
  }
  await vscode.window.showTextDocument(config, { preview: false });
}

async function askFolder(): Promise<vscode.Uri | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `Folder into which ${FOLDER} is copied`,
      openLabel: 'Copy Examples Here',
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
    })) ?? [];
  return folder;
}

async function copyExamples(extension: vscode.Uri, folder: vscode.Uri): Promise<void> {
  try {
    for (const name of EXAMPLES) {
      const from = vscode.Uri.joinPath(extension, 'examples', name);
      await vscode.workspace.fs.copy(from, vscode.Uri.joinPath(folder, name));
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `The examples could not be copied to ${folder.fsPath}: ${reason} Choose another folder.`,
    );
  }
}
