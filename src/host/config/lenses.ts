import * as vscode from 'vscode';
import { lensesOf } from '../../core/language/lenses';
import type { Lens, LensState } from '../../core/language/types';
import { type CommandId, RUNS_VIEW } from '../contributions';
import { readSetting } from '../settings';
import { editorRange } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { isConfigDocument } from './foreign-dialects';

export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeCodeLenses = this.changed.event;

  /**
   * @param stateOf what lenses tell beyond the config
   * @param onStateChange that may have changed
   */
  constructor(
    private readonly documents: ConfigDocuments,
    private readonly stateOf: (document: vscode.TextDocument) => Promise<LensState>,
    onStateChange: readonly vscode.Event<unknown>[],
  ) {
    this.subscriptions = [
      this.changed,
      // Facts arrive without an edit, which alone makes VS Code ask again.
      documents.onDidChange(() => this.changed.fire()),
      ...onStateChange.map((event) => event(() => this.changed.fire())),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dpoLab.codeLens')) this.changed.fire();
      }),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!readSetting['dpoLab.codeLens'](document.uri) || !isConfigDocument(document)) return [];
    const { version } = document;
    const state = await this.stateOf(document);
    // Places belong to the text that was asked about; VS Code asks again for the new one.
    if (document.version !== version) return [];
    return lensesOf(this.documents.checked(document), state).map(
      (lens) => new vscode.CodeLens(editorRange(document, lens.range), toCommand(document, lens)),
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function toCommand(document: vscode.TextDocument, { title, tooltip, action }: Lens): vscode.Command {
  const run = (command: CommandId | `${typeof RUNS_VIEW}.focus`, ...args: unknown[]): vscode.Command => ({
    title,
    tooltip,
    command,
    arguments: args,
  });
  switch (action.kind) {
    case 'edit':
      return run('dpoLab.applyEdit', document.uri, document.version, action);
    case 'explain':
      return run('dpoLab.explainRule', action.code);
    case 'page':
      return run(PAGE_COMMANDS[action.page], document.uri);
    case 'switchReference':
      return run('dpoLab.switchReference', document.uri, action.experiment);
    case 'convert':
      return run('dpoLab.convert', document.uri, action);
    case 'chooseVersion':
      return run('dpoLab.chooseVersion', document.uri);
    case 'train':
      return run('dpoLab.train', document.uri);
    case 'sweep':
      return run('dpoLab.sweepBeta', document.uri, action.betas);
    case 'computeReference':
      return run('dpoLab.computeReference', document.uri);
    case 'compareReference':
      return run('dpoLab.compareReference', document.uri);
    case 'openRun':
      return run('dpoLab.openRun', action.folder);
    case 'openSweep':
      return run('dpoLab.openSweep', action.folder);
    case 'showRuns':
      return run(`${RUNS_VIEW}.focus`);
  }
}

const PAGE_COMMANDS = { reference: 'dpoLab.showReference', memory: 'dpoLab.showMemory' } as const;
