import * as vscode from 'vscode';
import { outlineOf } from '../../core/language/outline';
import type { OutlineItem } from '../../core/language/types';
import { editorRange } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { isConfigDocument } from './foreign-dialects';
import { coveredByOthers } from './other-extensions';

const KINDS: Record<OutlineItem['kind'], vscode.SymbolKind> = {
  section: vscode.SymbolKind.Module,
  option: vscode.SymbolKind.Property,
  unknown: vscode.SymbolKind.Null,
};

/** The file's keys, for Outline, breadcrumbs and Go to Symbol. */
export class Outline implements vscode.DocumentSymbolProvider {
  constructor(private readonly documents: ConfigDocuments) {}

  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    // Two outlines of one file are shown one below the other.
    if (!isConfigDocument(document) || coveredByOthers(document).outline) return [];
    return outlineOf(this.documents.checked(document)).map((item) => toSymbol(document, item));
  }
}

function toSymbol(document: vscode.TextDocument, item: OutlineItem): vscode.DocumentSymbol {
  const symbol = new vscode.DocumentSymbol(
    // VS Code refuses a symbol without a name; a YAML key may be empty.
    item.name || '(empty)',
    item.detail,
    KINDS[item.kind],
    editorRange(document, item.range),
    editorRange(document, item.nameRange),
  );
  symbol.children = item.children.map((child) => toSymbol(document, child));
  return symbol;
}
