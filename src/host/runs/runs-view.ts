import * as vscode from 'vscode';
import { isLive } from '../../core/runs/liveness';
import { alarmBadge } from '../../core/runs/run-summary';
import { runTooltip } from '../../core/runs/run-tooltip';
import { type RunItem, type RunLook, runTree } from '../../core/runs/run-tree';
import { INTERNAL_COMMANDS, RUNS_VIEW } from '../contributions';
import { changedKeys, ItemIndex } from '../vscode/item-index';
import { themeIcon } from '../vscode/theme-icon';
import { timeInWords } from '../vscode/time-text';
import type { WorkspaceRuns } from './workspace-runs';

const LOOKS: Record<RunLook, vscode.ThemeIcon> = {
  queued: themeIcon('circle-outline', 'descriptionForeground'),
  preparing: themeIcon('loading~spin'),
  running: themeIcon('play-circle', 'charts.blue'),
  stopping: themeIcon('stop-circle', 'charts.yellow'),
  completed: themeIcon('pass', 'testing.iconPassed'),
  stopped: themeIcon('debug-pause', 'descriptionForeground'),
  failed: themeIcon('error', 'problemsErrorIcon.foreground'),
  interrupted: themeIcon('debug-disconnect', 'problemsWarningIcon.foreground'),
  alarm: themeIcon('warning', 'problemsWarningIcon.foreground'),
  'grave alarm': themeIcon('error', 'problemsErrorIcon.foreground'),
  unreadable: themeIcon('question'),
  older: themeIcon('history'),
};

const OPEN: vscode.Command = {
  command: 'dpoLab.openSelected',
  title: INTERNAL_COMMANDS['dpoLab.openSelected'].title,
};

/** The sidebar's list of runs. Items are known by their keys, and only those that changed are drawn anew. */
export class RunsView implements vscode.TreeDataProvider<string>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<string[] | undefined>();
  private readonly view: vscode.TreeView<string>;
  private readonly subscriptions: vscode.Disposable[];
  private index = new ItemIndex([]);
  /** As it was decided when the item was first seen: later the user decides. */
  private readonly unfolded = new Map<string, boolean>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly runs: WorkspaceRuns) {
    this.view = vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: this, canSelectMany: true });
    this.subscriptions = [this.changed, this.view, runs.onDidChange(() => this.update())];
  }

  /** The item that a command is about. */
  item(key: string): RunItem | undefined {
    return this.index.item(key);
  }

  /**
   * Shows what was just launched. Never fails: the row may be replaced while VS Code looks for it, and the launch has
   * worked whatever a view does.
   */
  async reveal(runFolder: string): Promise<void> {
    const key = this.index.parent(runFolder) ?? runFolder;
    if (!this.index.item(key)) return;
    try {
      await this.view.reveal(key, { expand: true, focus: false });
    } catch {
      // The panel and the status bar show the launch, too.
    }
  }

  /** The item that was pressed. */
  get selected(): RunItem | undefined {
    return this.item(this.view.selection[0] ?? '');
  }

  getChildren(key?: string): string[] {
    const items = key === undefined ? this.index.roots : (this.index.item(key)?.children ?? []);
    if (key !== undefined) this.runs.want(items.flatMap(({ runs }) => runs));
    return items.map((item) => item.key);
  }

  getParent(key: string): string | undefined {
    return this.index.parent(key);
  }

  getTreeItem(key: string): vscode.TreeItem {
    const item = this.index.item(key);
    // It was deleted while the view asked for it.
    if (!item) return new vscode.TreeItem('');
    const { label, description, look, spoken, abilities, children } = item;
    const treeItem = new vscode.TreeItem(label);
    treeItem.id = key;
    treeItem.description = description;
    treeItem.iconPath = LOOKS[look];
    treeItem.accessibilityInformation = { label: spoken };
    treeItem.contextValue = abilities.join(' ');
    // Without arguments: VS Code forgets those of a row that changes between the press and the call.
    if (abilities.includes('open') || abilities.includes('sweep')) treeItem.command = OPEN;
    if (children.length > 0) treeItem.collapsibleState = this.collapsibleState(item);
    return treeItem;
  }

  /** Made when the pointer rests on an item: it changes more often than it is read. */
  resolveTreeItem(treeItem: vscode.TreeItem, key: string): vscode.TreeItem {
    const item = this.index.item(key);
    if (item) treeItem.tooltip = new vscode.MarkdownString(runTooltip(item, timeInWords), true);
    return treeItem;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private collapsibleState({ key, runs, look }: RunItem): vscode.TreeItemCollapsibleState {
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const unfolded =
      this.unfolded.get(key) ??
      (look !== 'older' && (this.unfolded.size === 0 || runs.some((run) => isLive(run.state))));
    this.unfolded.set(key, unfolded);
    return unfolded ? Expanded : Collapsed;
  }

  private update(): void {
    const { all } = this.runs;
    const before = this.index;
    this.index = new ItemIndex(
      runTree(
        all.filter(({ marks }) => !marks?.archived),
        timeInWords,
      ),
    );
    const keys = changedKeys(before, this.index);
    if (keys === 'all') this.changed.fire(undefined);
    else if (keys.length > 0) this.changed.fire(keys);
    this.view.badge = alarmBadge(all);
    // A view without a message has `undefined`, which the types do not know.
    this.view.message = this.runs.degraded ?? '';
  }
}
