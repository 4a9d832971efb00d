import * as vscode from 'vscode';
import { configPage, rulePage } from '../core/language/pages';
import { referenceReportPage } from '../core/language/reference-report-page';
import { runPage } from '../core/runs/run-page';
import type { SeenRun } from '../core/runs/seen-run';
import type { ConfigDocuments } from './config-documents';
import { type PageAddress, readPageUri } from './page-uris';
import type { ReferenceReports } from './reference-reports';
import { readRunDetails } from './run-details';
import type { WorkspaceRuns } from './workspace-runs';

/** Milliseconds between two versions of a page about a run: drawing one takes the preview a moment. */
const RUN_PAGE_PAUSE = 1000;

/** Makes the text of `dpo-lab:` pages. A page about a config follows the config, one about a run the run. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  /** Runs by their folder as their pages show them. */
  private readonly shown = new Map<string, SeenRun | undefined>();
  private pause: NodeJS.Timeout | undefined;
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly documents: ConfigDocuments,
    private readonly runs: WorkspaceRuns,
    private readonly reports: ReferenceReports,
  ) {
    const isAbout = (config: vscode.Uri) => (address: PageAddress) =>
      'config' in address && address.config.toString() === config.toString();
    this.subscriptions = [
      this.changed,
      documents.onDidChange(({ uri }) => this.refresh(isAbout(uri))),
      reports.onDidChange((config) => this.refresh(isAbout(config))),
      runs.onDidChange(() => this.refreshRunsSoon()),
      new vscode.Disposable(() => clearTimeout(this.pause)),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const address = readPageUri(uri);
    if (!address) return '# Nothing here\n\nDPO Lab has no page at this address.';
    if (address.kind === 'rule') return rulePage(address.code);
    if (address.kind === 'report') return referenceReportPage(this.reports.of(address.config));
    if (address.kind === 'run') {
      await this.runs.refresh([address.folder]);
      const run = this.runs.find(address.folder);
      this.shown.set(address.folder, run);
      return run ? runPage(await readRunDetails(run)) : '# Not there\n\nThis run is not there any more.';
    }
    const config = await vscode.workspace.openTextDocument(address.config);
    return configPage(address.kind, this.documents.checked(config));
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** Of pages about runs, those whose run has been read anew. */
  private refreshRunsSoon(): void {
    this.pause ??= setTimeout(() => {
      this.pause = undefined;
      this.refresh(
        (address) =>
          address.kind === 'run' && this.runs.find(address.folder) !== this.shown.get(address.folder),
      );
    }, RUN_PAGE_PAUSE);
  }

  private refresh(isMeant: (address: PageAddress) => boolean): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      const address = readPageUri(uri);
      if (address && isMeant(address)) this.changed.fire(uri);
    }
  }
}

/** Opens a page rendered: beside the config it is about, or with the width that a run's tables take. */
export async function openPage(uri: vscode.Uri): Promise<void> {
  const { Active, Beside } = vscode.ViewColumn;
  const viewColumn = readPageUri(uri)?.kind === 'run' ? Active : Beside;
  await vscode.commands.executeCommand('vscode.open', uri, { viewColumn, preserveFocus: true });
}
