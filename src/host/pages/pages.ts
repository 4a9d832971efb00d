import * as vscode from 'vscode';
import { conversionPage } from '../../core/language/conversion-page';
import { configPage, rulePage } from '../../core/language/pages';
import { referenceReportPage } from '../../core/language/reference-report-page';
import type { ConfigDocuments } from '../config/config-documents';
import { conversionOf, nameOfTarget } from '../config/conversion';
import type { RunDocuments } from '../runs/run-documents';
import { fileName } from '../vscode/selector';
import { type PageAddress, readPageUri } from './page-uris';
import type { ReferenceReports } from './reference-reports';

/** Makes the text of `dpo-lab:` pages. A page about a config follows the config. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly documents: ConfigDocuments,
    private readonly reports: ReferenceReports,
    private readonly trained: Pick<RunDocuments, 'trainedConfig'>,
  ) {
    const isAbout = (config: vscode.Uri) => (address: PageAddress) =>
      'config' in address && address.config.toString() === config.toString();
    this.subscriptions = [
      this.changed,
      documents.onDidChange(({ uri }) => this.refresh(isAbout(uri))),
      reports.onDidChange((config) => this.refresh(isAbout(config))),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const trained = this.trained.trainedConfig(uri);
    if (trained !== undefined) return trained;
    const address = readPageUri(uri);
    if (!address) return '# Nothing here\n\nDPO Lab has no page at this address.';
    if (address.kind === 'rule') return rulePage(address.code);
    if (address.kind === 'report') return referenceReportPage(this.reports.of(address.config));
    const config = await vscode.workspace.openTextDocument(address.config);
    const checked = this.documents.checked(config);
    if (address.kind !== 'convert') return configPage(address.kind, checked);
    const to = nameOfTarget(address.request.target);
    return conversionPage(conversionOf(checked, address.request), fileName(config.uri), to);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private refresh(isMeant: (address: PageAddress) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const address = readPageUri(uri);
      if (address && isMeant(address)) this.changed.fire(uri);
    }
  }
}

/** Opens a page rendered, beside the config it is about. */
export async function openPage(uri: vscode.Uri): Promise<void> {
  const { Beside } = vscode.ViewColumn;
  await vscode.commands.executeCommand('vscode.open', uri, { viewColumn: Beside, preserveFocus: true });
}
