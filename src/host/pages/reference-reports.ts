import * as vscode from 'vscode';
import type { ReferenceReport } from '../../core/reference/reference-report';

/** The newest report of each config, as long as the window lives: to make it again takes a second once all is computed. */
export class ReferenceReports implements vscode.Disposable {
  private readonly reports = new Map<string, ReferenceReport>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  keep(config: vscode.Uri, report: ReferenceReport): void {
    this.reports.set(config.toString(), report);
    this.changed.fire(config);
  }

  of(config: vscode.Uri): ReferenceReport | undefined {
    return this.reports.get(config.toString());
  }

  dispose(): void {
    this.changed.dispose();
  }
}
