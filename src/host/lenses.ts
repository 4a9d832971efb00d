import * as vscode from 'vscode';
import { lensesOf } from '../core/language/lenses';
import type { Lens } from '../core/language/types';
import type { ConfigDocuments } from './config-documents';
import type { CommandId } from './contributions';
import { editorRange } from './editor-text';
import { readSetting } from './settings';

export class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly documents: ConfigDocuments) {
    this.subscriptions = [
      this.changed,
      // Facts arrive without an edit, which alone makes VS Code ask again.
      documents.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('dpoLab.codeLens')) this.changed.fire();
      }),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!readSetting['dpoLab.codeLens'](document.uri)) return [];
    return lensesOf(this.documents.checked(document)).map(
      (lens) => new vscode.CodeLens(editorRange(document, lens.range), toCommand(document, lens)),
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function toCommand(document: vscode.TextDocument, { title, tooltip, action }: Lens): vscode.Command {
  const run = (command: CommandId, ...args: unknown[]): vscode.Command => ({
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
      return run('dpoLab.switchReference', document.uri);
  }
}

const PAGE_COMMANDS = { reference: 'dpoLab.showReference', memory: 'dpoLab.showMemory' } as const;
