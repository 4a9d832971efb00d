import * as vscode from 'vscode';
import type { WorkspaceRuns } from '../runs/workspace-runs';
import { fileName } from '../vscode/selector';
import { themeIcon } from '../vscode/theme-icon';
import type { ExperimentFile, ExperimentFiles } from './experiment-files';
import { runsInShort, type Summary, summarize } from './experiment-summary';

/** Milliseconds in which changes are gathered into one redraw: a search finds many files at once. */
const REDRAW_PAUSE = 100;

const ICONS: Record<Summary['state'], vscode.ThemeIcon> = {
  error: themeIcon('error', 'problemsErrorIcon.foreground'),
  warning: themeIcon('warning', 'problemsWarningIcon.foreground'),
  fine: themeIcon('pass'),
};

/** The sidebar's list of experiments: each config file with its problems, else with its model and beta. */
export class ExperimentsView implements vscode.TreeDataProvider<ExperimentFile>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  private pause: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly files: ExperimentFiles,
    private readonly runs: WorkspaceRuns,
  ) {
    const redrawSoon = (): void => {
      this.pause ??= setTimeout(() => {
        this.pause = undefined;
        this.changed.fire();
      }, REDRAW_PAUSE);
    };
    this.subscription = vscode.Disposable.from(
      files.onDidChange(redrawSoon),
      runs.onDidChangeStates(redrawSoon),
    );
  }

  getChildren(file?: ExperimentFile): Promise<ExperimentFile[]> {
    return file ? Promise.resolve([]) : this.files.list();
  }

  getTreeItem({ uri, checked }: ExperimentFile): vscode.TreeItem {
    const item = new vscode.TreeItem(fileName(uri));
    const { state, words } = checked ? summarize(checked) : UNREADABLE;
    const folder = folderOf(uri);
    item.id = uri.toString();
    const runs = runsInShort(this.runs.of(uri));
    // What tells it from others comes first: a list is narrow.
    const parts = this.files.isNameTaken(uri) ? [folder, words, runs] : [words, runs, folder];
    item.description = parts.filter(Boolean).join(' · ');
    item.tooltip = [vscode.workspace.asRelativePath(uri), words, runs].filter(Boolean).join('\n');
    item.iconPath = ICONS[state];
    item.accessibilityInformation = {
      label: [fileName(uri), ...parts].filter(Boolean).join(', '),
    };
    item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.pause);
    this.subscription.dispose();
    this.changed.dispose();
  }
}

const UNREADABLE: Summary = { state: 'error', words: 'cannot be read' };

function folderOf(uri: vscode.Uri): string {
  const path = vscode.workspace.asRelativePath(uri);
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
