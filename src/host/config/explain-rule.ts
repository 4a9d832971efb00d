import * as vscode from 'vscode';
import { CODE_ENTRIES } from '../../core/rules/all';
import { LineIndex } from '../../core/words/text';
import { rulePageUri } from '../pages/page-uris';
import { openPage } from '../pages/pages';
import { activeConfig } from './active-config';
import type { ConfigDocuments } from './config-documents';

/** Opens the page of a rule: the one asked for, else one of the user's choice. */
export async function explainRule(documents: ConfigDocuments, code: unknown): Promise<void> {
  const chosen = typeof code === 'string' ? code : await pickRule(rulesAtCursor(documents));
  if (chosen !== undefined) await openPage(rulePageUri(chosen));
}

/** Codes of the problems on the cursor's line. */
function rulesAtCursor(documents: ConfigDocuments): ReadonlySet<string> {
  const document = activeConfig(documents);
  const line = vscode.window.activeTextEditor?.selection.active.line;
  if (!document || line === undefined) return new Set();
  const { problems, text } = documents.checked(document);
  const lines = new LineIndex(text);
  return new Set(
    problems.filter(({ range }) => lines.position(range.start).line === line).map(({ code }) => code),
  );
}

async function pickRule(first: ReadonlySet<string>): Promise<string | undefined> {
  const items = CODE_ENTRIES.map(({ code, title, when }) => ({
    label: code,
    description: title,
    detail: when.replaceAll('`', ''),
  }));
  const here = items.filter(({ label }) => first.has(label));
  const separator = (label: string) => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const grouped = here.length ? [separator('on this line'), ...here, separator('all rules')] : [];
  const chosen = await vscode.window.showQuickPick(
    [...grouped, ...items.filter(({ label }) => !first.has(label))],
    { title: 'Explain a Rule', placeHolder: 'Code or words of the title', matchOnDescription: true },
  );
  return chosen?.label;
}
