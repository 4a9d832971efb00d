import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { refusedPath } from '../../node/files/paths';
import { DataFolderRuns } from '../../node/runs/data-folder-runs';
import type { ConfigDocuments } from '../config/config-documents';
import { readSetting } from '../settings';

/**
 * The runs of the workspace, whoever started them: all is read from their folders, so a reloaded window knows as much as
 * the one before. An untrusted workspace has none.
 */
export class WorkspaceRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly statesChanged = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private folders: readonly DataFolderRuns[] = [];
  private states: string | undefined;
  readonly onDidChange = this.changed.event;
  /** Runs came, went, or are in another state: not at every step. */
  readonly onDidChangeStates = this.statesChanged.event;

  constructor(private readonly documents: ConfigDocuments) {
    this.subscriptions = [
      this.changed,
      this.statesChanged,
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.start()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.start()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dpoLab.dataFolder')) this.start();
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (documents.find(uri) && !vscode.workspace.getWorkspaceFolder(uri)) this.start();
      }),
    ];
  }

  /** Begins to look at the data folders of the workspace. Activation does not wait for it. */
  start(): void {
    const paths = vscode.workspace.isTrusted ? dataFolders(this.documents) : [];
    const known = new Map(this.folders.map((folder) => [folder.path, folder]));
    this.folders = paths.map((path) => known.get(path) ?? new DataFolderRuns(path, () => this.tell()));
    for (const folder of known.values()) if (!this.folders.includes(folder)) folder.dispose();
    this.tell();
  }

  get all(): RunOverview[] {
    return this.folders.flatMap(({ runs }) => runs);
  }

  /** Why changes show up late, in a sentence; undefined where they show up at once. */
  get degraded(): string | undefined {
    return this.folders.flatMap((folder) => folder.degraded ?? [])[0];
  }

  /** Runs that were started from a config file, oldest first. */
  of(config: vscode.Uri): RunOverview[] {
    return this.all.filter(({ run }) => run?.configFile === config.fsPath);
  }

  /** By id or folder. */
  find(name: string): RunOverview | undefined {
    return this.all.find(({ id, folder }) => id === name || folder === name);
  }

  /** Reads runs now, such as after something was asked of them. */
  async refresh(folders: readonly string[]): Promise<void> {
    for (const folder of folders) await this.holderOf(folder)?.refresh(basename(folder));
  }

  /** Numbers and alarms of old runs, which are not read before somebody wants to see them. */
  want(runs: readonly RunOverview[]): void {
    for (const holder of this.folders) {
      const ids = runs.filter(({ folder }) => this.holderOf(folder) === holder).map(({ id }) => id);
      if (ids.length > 0) void holder.want(ids);
    }
  }

  dispose(): void {
    for (const folder of this.folders) folder.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private holderOf(runFolder: string): DataFolderRuns | undefined {
    return this.folders.find(({ path }) => path === dirname(dirname(runFolder)));
  }

  private tell(): void {
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
