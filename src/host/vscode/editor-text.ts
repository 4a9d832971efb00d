import * as vscode from 'vscode';
import type { Range, TextEdit } from '../../core/words/text';

/** From offsets to VS Code's lines and columns. */

export function editorRange(document: vscode.TextDocument, { start, end }: Range): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

export function workspaceEdit(
  document: vscode.TextDocument,
  edits: readonly TextEdit[],
): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    document.uri,
    edits.map(({ range, newText }) => new vscode.TextEdit(editorRange(document, range), newText)),
  );
  return edit;
}
