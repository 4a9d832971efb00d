import * as vscode from 'vscode';
import type { FactQuery, Facts } from '../../core/facts';
import type { ConfigDocuments } from './config-documents';
import { watchNamedFiles } from './watch-config-files';

/** What is under way for one open config. */
interface Gathering {
  /** The question asked last. */
  question: string;
  watcher: vscode.Disposable;
  running: boolean;
  /** Something changed while an answer was under way. */
  again: boolean;
}

/**
 * Keeps the facts of every open config up to date. They are gathered when the config asks another question, and again
 * when it is saved or shown, or when a file it names changes. One question a config is open at a time.
 */
export class FactGathering implements vscode.Disposable {
  private readonly gatherings = new Map<vscode.TextDocument, Gathering>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly documents: ConfigDocuments,
    private readonly gather: (query: FactQuery) => Promise<Facts>,
  ) {
    this.subscriptions = [
      documents.onDidChange((document) => this.update(document)),
      documents.onDidClose((document) => this.forget(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.updateAnew(document)),
      vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.updateAnew(editor.document)),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
    for (const { watcher } of this.gatherings.values()) watcher.dispose();
  }

  private update(document: vscode.TextDocument): void {
    const query = this.documents.query(document);
    if (!query) {
      this.forget(document);
      return;
    }
    const question = JSON.stringify(query);
    const known = this.gatherings.get(document);
    if (known?.question === question) return;
    known?.watcher.dispose();
    const watcher = watchNamedFiles(query, () => this.updateAnew(document));
    const gathering = known ?? { question, watcher, running: false, again: false };
    Object.assign(gathering, { question, watcher });
    this.gatherings.set(document, gathering);
    void this.ask(document, gathering);
  }

  private updateAnew(document: vscode.TextDocument): void {
    const gathering = this.gatherings.get(document);
    if (gathering) void this.ask(document, gathering);
  }

  private async ask(document: vscode.TextDocument, gathering: Gathering): Promise<void> {
    gathering.again = true;
    if (gathering.running) return;
    gathering.running = true;
    while (gathering.again && this.gatherings.get(document) === gathering) {
      gathering.again = false;
      const query = this.documents.query(document);
      if (query) this.documents.learn(document, query, await this.gather(query));
    }
    gathering.running = false;
  }

  private forget(document: vscode.TextDocument): void {
    this.gatherings.get(document)?.watcher.dispose();
    this.gatherings.delete(document);
  }
}
