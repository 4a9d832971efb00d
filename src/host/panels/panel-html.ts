import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PanelAddress } from '../../core/panels/protocol';
import { escapeHtml } from '../../core/panels/report-html';

/** The page that a panel starts from: empty, with one script and one style sheet of the extension and nothing else. */
export function panelHtml(webview: vscode.Webview, extension: vscode.Uri, address: PanelAddress): string {
  const nonce = randomBytes(16).toString('base64');
  const place = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', name)).toString();
  // uPlot and the toolkit set styles of elements, which only 'unsafe-inline' allows.
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `img-src data: blob:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${place('panel.css')}">
</head>
<body data-address="${escapeHtml(JSON.stringify(address))}">
<script nonce="${nonce}" src="${place('panel.js')}"></script>
</body>
</html>`;
}
