import * as vscode from 'vscode';
import { completionsAt } from '../../core/language/completion';
import type { Completion, Resources } from '../../core/language/types';
import { editorRange } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { isConfigDocument } from './foreign-dialects';
import { coveredByOthers } from './other-extensions';
import type { NearbyNames } from './resources';

/** After these a list opens by itself: a value begins, or the next part of a path. */
export const COMPLETION_TRIGGERS = [' ', ':', '"', '/', '['];

const KINDS: Record<Completion['kind'], vscode.CompletionItemKind> = {
  section: vscode.CompletionItemKind.Module,
  key: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  model: vscode.CompletionItemKind.Class,
  file: vscode.CompletionItemKind.File,
  column: vscode.CompletionItemKind.Field,
};

/** Milliseconds for which a list waits for names of models and files. A search of a large workspace takes longer. */
const NAMES_LIMIT = 300;
const NO_NAMES: Resources = { models: [], dataFiles: [] };

export class Completions implements vscode.CompletionItemProvider {
  constructor(
    private readonly documents: ConfigDocuments,
    private readonly names: NearbyNames,
  ) {}

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionList> {
    if (!isConfigDocument(document)) return new vscode.CompletionList([]);
    const { version } = document;
    const found = await Promise.race([this.names.near(document.uri), afterLimit()]);
    // The offset belongs to the text as it was asked about.
    if (document.version !== version) return new vscode.CompletionList([], true);
    const offset = document.offsetAt(position);
    const completions = completionsAt(this.documents.checked(document), offset, found ?? NO_NAMES, {
      keysAndValues: !coveredByOthers(document).completion,
    });
    const items = completions.map((completion, index) => toItem(document, offset, completion, index));
    return new vscode.CompletionList(items, found === undefined);
  }
}

function afterLimit(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, NAMES_LIMIT, undefined));
}

function toItem(
  document: vscode.TextDocument,
  offset: number,
  completion: Completion,
  index: number,
): vscode.CompletionItem {
  const { label, kind, detail, markdown, range, newText } = completion;
  // As a description, the detail stands beside every label, not only beside the chosen one.
  const item = new vscode.CompletionItem({ label, ...(detail && { description: detail }) }, KINDS[kind]);
  item.range = {
    inserting: editorRange(document, { start: range.start, end: offset }),
    replacing: editorRange(document, range),
  };
  item.insertText = newText;
  // What is typed is compared with this, so an open quote must begin it.
  item.filterText = newText;
  // The order of the table is the order of importance.
  item.sortText = String(index).padStart(4, '0');
  if (markdown) item.documentation = new vscode.MarkdownString(markdown);
  // A key opens the list of its values.
  if (/: $/.test(newText)) item.command = { command: 'editor.action.triggerSuggest', title: 'Show Values' };
  return item;
}
