import * as vscode from 'vscode';
import { statusWords } from '../../core/runs/run-summary';
import { plain } from '../../core/words/markdown';
import { RUNS_VIEW } from '../contributions';
import type { WorkspaceRuns } from './workspace-runs';

/** One item in the status bar while something runs. */
export class RunStatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'dpoLab.runs',
    vscode.StatusBarAlignment.Left,
    10,
  );
  private readonly subscription: vscode.Disposable;

  constructor(private readonly runs: WorkspaceRuns) {
    this.item.name = 'DPO Lab Runs';
    this.item.command = `${RUNS_VIEW}.focus`;
    this.subscription = runs.onDidChange(() => this.update());
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const words = statusWords(this.runs.all);
    if (!words) {
      this.item.hide();
      return;
    }
    const { text, lines, alarm } = words;
    this.item.text = `$(${alarm ?? 'play-circle'}) ${text}`;
    this.item.tooltip = new vscode.MarkdownString(
      lines
        .slice(0, 10)
        .map((line) => `- ${plain(line)}`)
        .join('\n'),
    );
    this.item.accessibilityInformation = {
      label: `DPO Lab: ${text}${alarm ? `, with an alarm (${alarm})` : ''}`,
    };
    this.item.backgroundColor = alarm && new vscode.ThemeColor(`statusBarItem.${alarm}Background`);
    this.item.show();
  }
}
