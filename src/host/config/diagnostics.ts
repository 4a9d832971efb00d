import * as vscode from 'vscode';
import type { Problem, Severity } from '../../core/problem';
import { rulePageUri } from '../pages/page-uris';
import { editorRange } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { coveredByOthers } from './other-extensions';

export const DIAGNOSTIC_SOURCE = 'DPO Lab';

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Problems of this kind mark text that changes nothing; VS Code shows it faded. */
const WITHOUT_EFFECT = new Set(['KEY001', 'LOSS002', 'REF003']);
const SYNTAX = new Set(['SYN001', 'SYN002']);

/** Shows the problems of every open config in the editor and the Problems panel. */
export class Diagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('dpo-lab');
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly documents: ConfigDocuments) {
    this.subscriptions = [
      this.collection,
      documents.onDidChange((document) => this.show(document)),
      documents.onDidClose((document) => this.collection.delete(document.uri)),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private show(document: vscode.TextDocument): void {
    if (!isEdited(document.uri)) return;
    const { syntax } = coveredByOthers(document);
    const problems = this.documents
      .checked(document)
      .problems.filter(({ code }) => !(syntax && SYNTAX.has(code)));
    this.collection.set(
      document.uri,
      problems.map((problem) => toDiagnostic(document, problem)),
    );
  }
}

/** Old versions, as on the left of a comparison, are read-only copies whose problems nobody can mend. */
function isEdited(uri: vscode.Uri): boolean {
  return (
    ['file', 'untitled'].includes(uri.scheme) ||
    vscode.workspace.getWorkspaceFolder(uri) !== undefined ||
    vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true
  );
}

function toDiagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const { code, message, range, severity } = problem;
  const diagnostic = new vscode.Diagnostic(editorRange(document, range), message, SEVERITIES[severity]);
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = { value: code, target: rulePageUri(code) };
  if (WITHOUT_EFFECT.has(code)) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}
