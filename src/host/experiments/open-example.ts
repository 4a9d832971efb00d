import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { UserError } from '../commands';
import { exists } from '../vscode/file-system';
import { columnBesideWalkthrough } from '../vscode/panel-column';
import { EXAMPLE_OPENED_KEY } from '../walkthrough';

/** Examples that the extension brings along; each folder is copied as it is. */
const CONFIGS = {
  goldilocks: ['goldilocks', 'goldilocks.dpo.yaml'],
  broken: ['broken', 'experiment.dpo.yaml'],
} as const;
const FOLDER = 'dpo-lab-examples';

/** Opens the configs of the examples, which are copied to where the user wants them. */
export class Examples {
  /** Where they were opened last. */
  private folder: vscode.Uri | undefined;

  /** @param extension where the extension lies */
  constructor(private readonly extension: vscode.Uri) {}

  /**
   * What was copied before is opened as it is, so that nobody's changes and runs are lost.
   *
   * @param what `broken` for the config with mistakes; a folder to copy to, for tests; otherwise the user is asked
   */
  async open(what: unknown): Promise<void> {
    // Before the dialog, which may give the focus back to another group.
    const viewColumn = columnBesideWalkthrough();
    const parts = CONFIGS[what === 'broken' ? 'broken' : 'goldilocks'];
    const folder = (what === 'broken' ? await this.known() : undefined) ?? (await chosenFolder(what));
    if (!folder) return;
    const config = vscode.Uri.joinPath(folder, ...parts);
    if (!(await exists(folder))) await copyExamples(this.extension, folder);
    if (!(await exists(config))) {
      throw new UserError(`${folder.fsPath} exists, without the example in it. Choose another folder.`);
    }
    this.folder = folder;
    await vscode.window.showTextDocument(config, { preview: false, viewColumn });
    await vscode.commands.executeCommand('setContext', EXAMPLE_OPENED_KEY, true);
  }

  /** The examples that the user has opened, or has in the workspace. */
  private async known(): Promise<vscode.Uri | undefined> {
    if (this.folder && (await exists(this.folder))) return this.folder;
    const pattern = ['**', FOLDER, ...CONFIGS.broken].join('/');
    const [found] = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 1);
    return found && vscode.Uri.joinPath(found, '..', '..');
  }
}

async function chosenFolder(what: unknown): Promise<vscode.Uri | undefined> {
  const parent = what instanceof vscode.Uri ? what : await askFolder();
  return parent && vscode.Uri.joinPath(parent, FOLDER);
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
    for (const name of Object.keys(CONFIGS)) {
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
