import * as vscode from 'vscode';
import { configPage, rulePage } from '../core/language/pages';
import type { ConfigDocuments } from './config-documents';
import { readPageUri } from './page-uris';

/** Makes the text of `dpo-lab:` pages. A page about a config follows the config. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscription: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly documents: ConfigDocuments) {
    this.subscription = documents.onDidChange((document) => this.refreshPagesOf(document.uri));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const address = readPageUri(uri);
    if (!address) return '# Nothing here\n\nDPO Lab has no page at this address.';
    if (address.kind === 'rule') return rulePage(address.code);
    const config = await vscode.workspace.openTextDocument(address.config);
    return configPage(address.kind, this.documents.checked(config));
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private refreshPagesOf(config: vscode.Uri): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const address = readPageUri(uri);
      if (!address || address.kind === 'rule') continue;
      if (address.config.toString() === config.toString()) this.changed.fire(uri);
    }
  }
}

/** Opens a page rendered, beside the config it is about. */
export async function openPage(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', uri, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
  });
}
