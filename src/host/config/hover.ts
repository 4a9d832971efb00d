import * as vscode from 'vscode';
import { hoverAt } from '../../core/language/hover';
import { editorRange } from '../vscode/editor-text';
import type { ConfigDocuments } from './config-documents';
import { isConfigDocument } from './foreign-dialects';
import { coveredByOthers } from './other-extensions';

export class Hovers implements vscode.HoverProvider {
  constructor(private readonly documents: ConfigDocuments) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    if (!isConfigDocument(document)) return undefined;
    const hover = hoverAt(this.documents.checked(document), document.offsetAt(position), {
      describeOptions: !coveredByOthers(document).descriptions,
    });
    return (
      hover && new vscode.Hover(new vscode.MarkdownString(hover.markdown), editorRange(document, hover.range))
    );
  }
}
