import { dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isLive } from '../core/runs/liveness';
import type { SeenRun } from '../core/runs/seen-run';
import { refusedPath } from '../node/paths';
import type { ConfigDocuments } from './config-documents';
import { KnownRuns } from './known-runs';
import { readSetting } from './settings';

/** Milliseconds between two looks while somebody watches or something runs, and otherwise. */
const WATCHED = 1000;
const UNWATCHED = 5000;

/**
 * The runs of the workspace, whoever started them: all is read from their folders, so a reloaded window knows as much as
 * the one before. An untrusted workspace has none.
 */
export class WorkspaceRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private folders: KnownRuns[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private watchers = 0;
  private isDisposed = false;
  private readonly statesChanged = new vscode.EventEmitter<void>();
  private states = '';
  readonly onDidChange = this.changed.event;
  /** Runs came, went, or are in another state: not at every step. */
  readonly onDidChangeStates = this.statesChanged.event;

  constructor(private readonly documents: ConfigDocuments) {
    const findFolders = (): void => {
      this.findFolders();
      void this.look();
    };
    this.subscriptions = [
      this.changed,
      this.statesChanged,
      vscode.workspace.onDidGrantWorkspaceTrust(findFolders),
      vscode.workspace.onDidChangeWorkspaceFolders(findFolders),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dpoLab.dataFolder')) findFolders();
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (documents.find(uri) && !vscode.workspace.getWorkspaceFolder(uri)) findFolders();
      }),
    ];
  }

  /** Begins to look. Once: activation does not wait for it. */
  start(): void {
    this.findFolders();
    void this.look();
  }

  get all(): SeenRun[] {
    return this.folders.flatMap(({ runs }) => runs);
  }

  /** Runs that were started from a config file, oldest first. */
  of(config: vscode.Uri): SeenRun[] {
    return this.all.filter(({ run }) => run?.configFile === config.fsPath);
  }

  /** By id or folder. */
  find(name: string): SeenRun | undefined {
    return this.all.find(({ id, folder }) => id === name || folder === name);
  }

  /** Numbers and alarms of old runs, which are not read before somebody wants to see them. */
  want(runs: readonly SeenRun[]): void {
    const folders = runs.map(({ folder }) => folder);
    for (const known of this.folders) known.want(folders);
    void this.look();
  }

  /** While the result lives, runs are looked at every second. */
  watch(): vscode.Disposable {
    this.watchers++;
    void this.look();
    return new vscode.Disposable(() => this.watchers--);
  }

  /** Looks now, and tells what is new before it returns. */
  async look(): Promise<void> {
    if (this.isDisposed) return;
    // What changes during a look may be missed by it.
    if (this.looking) await this.looking;
    this.looking ??= this.lookOnce();
    await this.looking;
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async lookOnce(): Promise<void> {
    clearTimeout(this.timer);
    try {
      const folders = this.folders;
      const changed = await Promise.all(folders.map((known) => known.look()));
      if (changed.includes(true)) this.tell();
    } finally {
      this.looking = undefined;
      if (!this.isDisposed) this.timer = setTimeout(() => void this.look(), this.pause);
    }
  }

  private get pause(): number {
    const isBusy = this.watchers > 0 || this.all.some(({ state }) => isLive(state));
    return isBusy ? WATCHED : UNWATCHED;
  }

  private findFolders(): void {
    const paths = vscode.workspace.isTrusted ? dataFolders(this.documents) : [];
    const known = new Map(this.folders.map((folder) => [folder.dataFolder, folder]));
    this.folders = paths.map((path) => known.get(path) ?? new KnownRuns(path));
    this.tell();
  }

  private tell(): void {
    if (this.isDisposed) return;
    this.changed.fire();
    const states = this.all.map(({ folder, state }) => `${folder} ${state}`).join('\n');
    if (states !== this.states) this.statesChanged.fire();
    this.states = states;
  }
}

/** Where the runs of a config are kept: in its workspace folder, or beside a config that is in none. */
export function dataFolderOf(config: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(config)?.uri.fsPath ?? dirname(config.fsPath);
  return resolve(folder, readSetting['dpoLab.dataFolder'](config));
}

function dataFolders(documents: ConfigDocuments): string[] {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => resolve(uri.fsPath, readSetting['dpoLab.dataFolder'](uri)));
  const others = documents.open
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => dataFolderOf(uri));
  return [...new Set([...folders, ...others])].filter((path) => refusedPath(path) === undefined);
}
