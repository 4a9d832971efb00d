import * as vscode from 'vscode';
import { type Checked, check } from '../../core/check/check';
import type { FactQuery, Facts } from '../../core/facts';
import type { ConfigDocuments, QueryOf } from '../config/config-documents';
import { isConfigText, prepareFor } from '../config/foreign-dialects';
import { SEARCHED_KEY } from '../contributions';
import { exists } from '../vscode/file-system';
import { CONFIG_FILES, FOREIGN_FILES, fileName } from '../vscode/selector';

const SKIPPED = '**/{node_modules,.git,.dpo,.venv,venv,site-packages,__pycache__}/**';
const IS_SKIPPED = /\/(node_modules|\.git|\.dpo|\.venv|venv|site-packages|__pycache__)\//;
/** Nobody overlooks more in a list; the Explorer has them all. */
const MAX_FILES = 200;
/** Files of other trainers say what they are only when they are read. */
const MAX_OPENED = 2_000;
/** Bytes; larger files are data or logs. */
const LARGEST = 800_000;

export interface ExperimentFile {
  readonly uri: vscode.Uri;
  /** Undefined where the file cannot be read. */
  readonly checked: Checked | undefined;
}

/** The workspace's configs, open or not, and open ones from elsewhere, with their problems. Nothing is searched before the first look. */
export class ExperimentFiles implements vscode.Disposable {
  private readonly files = new Map<string, ExperimentFile>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [this.changed];
  private loaded: Promise<void> | undefined;
  /** Facts of closed files are gathered one file at a time, so that the open ones do not wait. */
  private lookUps: Promise<void> = Promise.resolve();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly documents: ConfigDocuments,
    private readonly queryOf: QueryOf,
    private readonly gather: (query: FactQuery) => Promise<Facts>,
  ) {}

  async list(): Promise<ExperimentFile[]> {
    if (!this.loaded) {
      this.watch();
      this.loaded = this.load();
    }
    await this.loaded;
    return [...this.files.values()].sort((a, b) => a.uri.path.localeCompare(b.uri.path));
  }

  /** Whether another file of the list has the same name, in another folder. */
  isNameTaken(uri: vscode.Uri): boolean {
    return [...this.files.values()].filter((file) => fileName(file.uri) === fileName(uri)).length > 1;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private watch(): void {
    for (const pattern of [CONFIG_FILES, FOREIGN_FILES]) {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      this.subscriptions.push(
        watcher,
        watcher.onDidCreate((uri) => this.update(uri)),
        watcher.onDidChange((uri) => this.update(uri)),
        watcher.onDidDelete((uri) => this.remove(uri)),
      );
    }
    this.subscriptions.push(
      this.documents.onDidChange(({ uri }) => this.update(uri)),
      // Closed without saving, a document's text is gone and the file's counts again.
      this.documents.onDidClose(({ uri }) => this.update(uri)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.load()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.files.clear();
        return this.load();
      }),
    );
  }

  private async load(): Promise<void> {
    const found = await vscode.workspace.findFiles(CONFIG_FILES, SKIPPED, MAX_FILES);
    const open = this.documents.open.map(({ uri }) => uri);
    // Of a large workspace the first so many are opened: a list is no search.
    const foreign = await vscode.workspace.findFiles(FOREIGN_FILES, SKIPPED, MAX_OPENED);
    await Promise.all([...found, ...open, ...foreign].map((uri) => this.update(uri)));
    await vscode.commands.executeCommand('setContext', SEARCHED_KEY, true);
    this.changed.fire();
  }

  private async update(uri: vscode.Uri): Promise<void> {
    if (IS_SKIPPED.test(uri.path)) return;
    const document = this.documents.find(uri);
    if (!vscode.workspace.getWorkspaceFolder(uri) && !(document && uri.scheme === 'file')) {
      this.remove(uri);
      return;
    }
    if (document) {
      this.put({ uri, checked: this.documents.checked(document) });
      return;
    }
    const text = await readText(uri);
    // Opened meanwhile: the editor's text is newer.
    if (this.documents.find(uri)) return;
    await prepareFor(fileName(uri), text ?? '');
    if (!isConfigText(fileName(uri), text ?? '')) {
      this.remove(uri);
      return;
    }
    if (text === undefined && !(await exists(uri))) {
      this.remove(uri);
      return;
    }
    const checked = text === undefined ? undefined : check(text, fileName(uri));
    this.put({ uri, checked });
    if (checked) this.lookUps = this.lookUps.then(() => this.lookUp({ uri, checked }));
  }

  private async lookUp(file: { uri: vscode.Uri; checked: Checked }): Promise<void> {
    const { uri, checked } = file;
    const query = this.queryOf(uri, checked.experiment);
    if (!query || this.files.get(uri.toString())?.checked !== checked) return;
    const facts = await this.gather(query);
    if (this.files.get(uri.toString())?.checked !== checked) return;
    this.put({ uri, checked: check(checked.text, checked.fileName, facts) });
  }

  private put(file: ExperimentFile): void {
    this.files.set(file.uri.toString(), file);
    this.changed.fire();
  }

  private remove(uri: vscode.Uri): void {
    if (this.files.delete(uri.toString())) this.changed.fire();
  }
}

async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const size = await vscode.workspace.fs.stat(uri).then(
    (stat) => stat.size,
    () => undefined,
  );
  if (size === undefined || (size > LARGEST && !isConfigText(fileName(uri), ''))) return undefined;
  return vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => undefined,
  );
}
