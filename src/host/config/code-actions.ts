import * as vscode from 'vscode';
import { fixesOf } from '../../core/check/check';
import { ignoreEdit } from '../../core/check/ignore';
import type { Experiment } from '../../core/config/experiment';
import type { Problem } from '../../core/problem';
import type { CommandId } from '../contributions';
import { editorRange, workspaceEdit } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { DIAGNOSTIC_SOURCE } from './diagnostics';
import { isConfigDocument } from './foreign-dialects';

/** The light bulb: fixes first, then silencing, then the explanation. */
export class CodeActions implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

  constructor(private readonly documents: ConfigDocuments) {}

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    if (!isConfigDocument(document)) return [];
    const checked = this.documents.checked(document);
    const here = checked.problems.filter((problem) =>
      editorRange(document, problem.range).intersection(range),
    );
    const fixes = here.flatMap((problem) => {
      const diagnostics = context.diagnostics.filter((diagnostic) => shows(diagnostic, problem));
      const actions = [
        ...fixesOf(checked, problem).map(({ title, edits }, index) => {
          const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
          action.edit = workspaceEdit(document, edits);
          action.isPreferred = index === 0;
          return action;
        }),
        ...ignoreAction(document, checked.fileName, problem),
        explainAction(problem.code),
      ];
      for (const action of actions) action.diagnostics = diagnostics;
      return actions;
    });
    return [...fixes, ...conversions(document, range, checked.experiments)];
  }
}

/** At the lines that decide a training: its model, reference and beta. */
function conversions(
  document: vscode.TextDocument,
  range: vscode.Range,
  experiments: readonly Experiment[],
): vscode.CodeAction[] {
  const at = experiments.findIndex((experiment) =>
    (['model.path', 'reference.policy', 'objective.beta'] as const).some((path) => {
      const { keyRange, range: value } = experiment.get(path);
      const { start } = editorRange(document, keyRange ?? value);
      return range.start.line <= start.line && start.line <= range.end.line;
    }),
  );
  if (at === -1) return [];
  const command: CommandId = 'dpoLab.convert';
  const action = new vscode.CodeAction('Convert to...', vscode.CodeActionKind.RefactorRewrite);
  action.command = { title: action.title, command, arguments: [document.uri, { experiment: at }] };
  return [action];
}

function ignoreAction(document: vscode.TextDocument, name: string, problem: Problem): vscode.CodeAction[] {
  const edit = ignoreEdit(document.getText(), name, problem);
  if (!edit) return [];
  const action = new vscode.CodeAction(`Ignore ${problem.code} on this line`, vscode.CodeActionKind.QuickFix);
  action.edit = workspaceEdit(document, [edit]);
  return [action];
}

function explainAction(code: string): vscode.CodeAction {
  const command: CommandId = 'dpoLab.explainRule';
  const action = new vscode.CodeAction(`Explain ${code}`, vscode.CodeActionKind.QuickFix);
  action.command = { title: action.title, command, arguments: [code] };
  return action;
}

function shows(diagnostic: vscode.Diagnostic, problem: Problem): boolean {
  const { code } = diagnostic;
  return (
    diagnostic.source === DIAGNOSTIC_SOURCE &&
    typeof code === 'object' &&
    code.value === problem.code &&
    diagnostic.message === problem.message
  );
}
