import * as vscode from 'vscode';
import { outlineOf } from '../../core/language/outline';
import type { OutlineItem } from '../../core/language/types';
import { editorRange } from '../vscode/editor-text';
import { fileName } from '../vscode/selector';
import { coveredByOthers } from './other-extensions';

const KINDS: Record<OutlineItem['kind'], vscode.SymbolKind> = {
  section: vscode.SymbolKind.Module,
  option: vscode.SymbolKind.Property,
  unknown: vscode.SymbolKind.Null,
};

/** The file's keys, for Outline, breadcrumbs and Go to Symbol. */
export class Outline implements vscode.DocumentSymbolProvider {
  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    // Two outlines of one file are shown one below the other.
    if (coveredByOthers(document).outline) return [];
    return outlineOf(document.getText(), fileName(document.uri)).map((item) => toSymbol(document, item));
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
