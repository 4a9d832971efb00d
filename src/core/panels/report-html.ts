import { pack } from './packed';
import type { ToPanel } from './protocol';

export interface ReportParts {
  readonly title: string;
  readonly messages: readonly ToPanel[];
  /** The panel's own script and style sheet. */
  readonly script: string;
  readonly style: string;
  /** SHA-256 of the script in base64: the only script that the page may run. */
  readonly scriptHash: string;
}

/** A panel as one file that needs no network and no editor. */
export function reportHtml({ title, messages, script, style, scriptHash }: ReportParts): string {
  const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'unsafe-inline'; img-src data: blob:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="content">${pack(messages)}</script>
<script>${script}</script>
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
