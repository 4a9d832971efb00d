import * as vscode from 'vscode';
import { type Checked, check } from '../../core/check/check';
import type { Experiment } from '../../core/config/experiment';
import type { FactQuery, Facts, ReadingFacts } from '../../core/facts';
import { fileName } from '../vscode/selector';
import { isConfigDocument, onPythonReady } from './foreign-dialects';

/** Milliseconds of quiet after which an edited config is checked again. */
const EDIT_PAUSE = 150;

/** What may be looked up for a config file, or nothing where only its text may be used. */
export type QueryOf = (config: vscode.Uri, experiment: Experiment) => FactQuery | undefined;

/** What helps to read a file of another trainer, or nothing where only its text may be used. */
export type ReadingOf = (config: vscode.Uri, text: string) => ReadingFacts | undefined;

interface Entry {
  readonly version: number;
  readonly checked: Checked;
  readonly query: FactQuery | undefined;
}

/**
 * The open configs, each checked once per version, for every feature. Facts are used only with the text that asked
 * for them: as soon as an edit changes the question, the check is one of the text alone until new facts arrive.
 */
export class ConfigDocuments implements vscode.Disposable {
  private readonly entries = new WeakMap<vscode.TextDocument, Entry>();
  private readonly chosen = new WeakMap<vscode.TextDocument, Readonly<Record<string, string>>>();
  private readonly answers = new WeakMap<
    vscode.TextDocument,
    { readonly question: string; readonly facts: Facts }
  >();
  private readonly pauses = new Map<vscode.TextDocument, NodeJS.Timeout>();
  /** Those whose listeners know of them. */
  private readonly announced = new WeakSet<vscode.TextDocument>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly closed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly subscriptions: vscode.Disposable[];

  /** A config should be looked at anew: it was opened, saved or edited a moment ago, or facts arrived. */
  readonly onDidChange = this.changed.event;
  readonly onDidClose = this.closed.event;

  constructor(
    private readonly queryOf: QueryOf,
    private readonly readingOf: ReadingOf,
  ) {
    this.subscriptions = [
      this.changed,
      this.closed,
      onPythonReady(() => {
        for (const document of vscode.workspace.textDocuments)
          if (document.languageId === 'python') this.announce(document);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.announce(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.announce(document)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.announceAfterPause(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.cancelPause(document);
        if (this.announced.delete(document)) this.closed.fire(document);
      }),
    ];
  }

  get open(): vscode.TextDocument[] {
    return vscode.workspace.textDocuments.filter(isConfigDocument);
  }

  find(uri: vscode.Uri): vscode.TextDocument | undefined {
    return this.open.find((document) => document.uri.toString() === uri.toString());
  }

  checked(document: vscode.TextDocument): Checked {
    return this.entry(document).checked;
  }

  query(document: vscode.TextDocument): FactQuery | undefined {
    return this.entry(document).query;
  }

  /** Takes what was found; dropped where the text asks another question by now. */
  learn(document: vscode.TextDocument, query: FactQuery, facts: Facts): void {
    const question = JSON.stringify(query);
    if (document.isClosed || JSON.stringify(this.query(document)) !== question) return;
    const known = this.checked(document).facts;
    this.answers.set(document, { question, facts });
    if (JSON.stringify(known) === JSON.stringify(facts)) return;
    this.entries.delete(document);
    this.announce(document);
  }

  /** Judges a config of another trainer with these versions instead of the installed or the newest ones. */
  judgeWith(document: vscode.TextDocument, versions: Readonly<Record<string, string>>): void {
    this.chosen.set(document, versions);
    this.entries.delete(document);
    this.announce(document);
  }

  /** Checks every open config anew, after something beyond their texts changed. */
  refresh(): void {
    for (const document of this.open) {
      this.entries.delete(document);
      this.announce(document);
    }
  }

  dispose(): void {
    for (const document of this.pauses.keys()) this.cancelPause(document);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private entry(document: vscode.TextDocument): Entry {
    const known = this.entries.get(document);
    if (known?.version === document.version) return known;
    const text = document.getText();
    const name = fileName(document.uri);
    const reading = this.readingOf(document.uri, text);
    const chosen = this.chosen.get(document);
    const alone: Facts =
      reading || chosen ? { reading: { ...reading, versions: { ...reading?.versions, ...chosen } } } : {};
    const bare = check(text, name, alone);
    const query = this.queryOf(document.uri, bare.experiment);
    const answer = this.answers.get(document);
    const checked =
      query && answer?.question === JSON.stringify(query)
        ? check(text, name, { ...answer.facts, ...alone })
        : bare;
    const entry = { version: document.version, checked, query };
    this.entries.set(document, entry);
    return entry;
  }

  private announce(document: vscode.TextDocument): void {
    this.cancelPause(document);
    if (!isConfigDocument(document)) {
      // It was one before it was rewritten.
      if (this.announced.delete(document)) this.closed.fire(document);
      return;
    }
    this.announced.add(document);
    this.changed.fire(document);
  }

  private announceAfterPause(document: vscode.TextDocument): void {
    if (!this.announced.has(document) && !isConfigDocument(document)) return;
    this.cancelPause(document);
    this.pauses.set(
      document,
      setTimeout(() => this.announce(document), EDIT_PAUSE),
    );
  }

  private cancelPause(document: vscode.TextDocument): void {
    clearTimeout(this.pauses.get(document));
    this.pauses.delete(document);
  }
}
