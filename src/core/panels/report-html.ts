import { pack } from './packed';
import type { ReportContent } from './report-content';

/** Tells a report from other files: one may be written over by the next. */
const GENERATOR = '<meta name="generator" content="dpo-lab report">';

export interface ReportParts {
  readonly content: ReportContent;
  /** The panel's own script and style sheet. */
  readonly script: string;
  readonly style: string;
  /** SHA-256 of the script in base64: the only script that the page may run. */
  readonly scriptHash: string;
}

/** A panel as one file that needs no network and no editor. */
export function reportHtml({ content, script, style, scriptHash }: ReportParts): string {
  const policy = `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'unsafe-inline'; img-src data: blob:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${GENERATOR}
<title>${escapeHtml(content.pages[0]?.title ?? '')}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="content">${pack(content)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** @param beginning of a file: 1,000 characters are enough */
export function isReport(beginning: string): boolean {
  return beginning.includes(GENERATOR);
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
