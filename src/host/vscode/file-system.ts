import * as vscode from 'vscode';

/** Whether a file is there, on whatever file system. */
export async function exists(file: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}
