import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { pack } from '../../src/core/panels/packed';
import type { FromPanel, ToPanel } from '../../src/core/panels/protocol';
import { escapeHtml } from '../../src/core/panels/report-html';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';
import { currentEdition } from '../vscode/host/editions.mjs';
import { findProgram } from '../vscode/host/system.mjs';
import { THEMES, type ThemeName } from './themes';

/** Why panels cannot be shown here; undefined where they can. `npm test` installs what is needed. */
export const noBrowser: string | undefined = !existsSync(currentEdition().tools)
  ? 'no playwright: run node test/vscode/install.mjs'
  : findProgram('chromium') === undefined
    ? 'no chromium on PATH'
    : undefined;

// biome-ignore lint/suspicious/noExplicitAny: playwright is installed beside VS Code, without its types
type Playwright = any;

export interface PanelPage {
  /** A playwright page. */
  readonly page: Playwright;
  /** What the panel said so far. */
  said(): Promise<FromPanel[]>;
  send(messages: readonly ToPanel[]): Promise<void>;
  /** Errors and refusals of the browser's console: none in a sound panel. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface PanelSettings {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** What the panel kept when it was last closed. */
  readonly kept?: unknown;
}

let browser: Playwright;
const builtFolder = temporaryFolder();

/** A browser for all panels of a test file. */
export async function startBrowser(): Promise<void> {
  buildPrograms(builtFolder, 'panel');
  const { chromium } = createRequire(currentEdition().tools)('playwright-core');
  browser = await chromium.launch({
    executablePath: findProgram('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'],
  });
}

export async function endBrowser(): Promise<void> {
  await browser?.close();
}

/** What was built for this test file: others build meanwhile. */
export function builtFile(name: 'panel.js' | 'panel.css'): string {
  return readFileSync(path.join(builtFolder, name), 'utf8');
}

/** A panel as an editor shows it, filled by these messages, with the editor's place taken by the test. */
export async function openPanel(
  messages: readonly ToPanel[],
  { theme = 'dark', width = 1200, height = 900, kept }: PanelSettings = {},
): Promise<PanelPage> {
  const { context, page, complaints } = await newPage({ width, height });
  await page.setContent(editorHtml(theme, kept));
  await page.addScriptTag({ content: builtFile('panel.js') });
  const panel: PanelPage = {
    page,
    complaints,
    said: () => page.evaluate('window.said'),
    async send(more) {
      await page.evaluate((text: string) => {
        for (const data of (window as unknown as { unpack(text: string): unknown[] }).unpack(text))
          window.dispatchEvent(new MessageEvent('message', { data }));
      }, pack(more));
    },
    close: () => context.close(),
  };
  await panel.send(messages);
  return panel;
}

/** A file in a browser that has no network. */
export async function openFile(file: string): Promise<Pick<PanelPage, 'page' | 'complaints' | 'close'>> {
  const { context, page, complaints } = await newPage({ width: 1200, height: 900 });
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, close: () => context.close() };
}

async function newPage(viewport: { readonly width: number; readonly height: number }) {
  const context = await browser.newContext({ viewport });
  const page: Playwright = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error: Error) => complaints.push(String(error)));
  page.on('console', (message: { type(): string; text(): string }) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { context, page, complaints };
}

/**
 * For a test file: a browser, and how its tests open panels. Each has to end its test without complaints, and is closed
 * then.
 */
export function usePanels(): typeof openPanel {
  const opened: PanelPage[] = [];
  beforeAll(startBrowser);
  afterAll(endBrowser);
  afterEach(async () => {
    for (const panel of opened.splice(0)) {
      expect(panel.complaints).toEqual([]);
      await panel.close();
    }
  });
  return async (messages, settings) => {
    const panel = await openPanel(messages, settings);
    opened.push(panel);
    return panel;
  };
}

/** Turns the editor's theme while the panel is open, as the editor does: by its variables and attributes. */
export async function setTheme({ page }: PanelPage, theme: ThemeName): Promise<void> {
  await page.evaluate(
    ({ style, kind, classes }: { style: string; kind: string; classes: string }) => {
      document.documentElement.setAttribute('style', style);
      document.body.dataset.vscodeThemeKind = kind;
      document.body.className = classes;
    },
    { style: styleOf(theme), kind: THEMES[theme].kind, classes: THEMES[theme].kind },
  );
}

function styleOf(theme: ThemeName): string {
  return Object.entries(THEMES[theme].variables)
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join(' ');
}

function editorHtml(theme: ThemeName, kept: unknown): string {
  const { kind } = THEMES[theme];
  const style = builtFile('panel.css');
  return `<!DOCTYPE html><html lang="en" style="${escapeHtml(styleOf(theme))}"><head><meta charset="utf-8"><style>${style}</style></head>
<body class="${kind}" data-vscode-theme-kind="${kind}" data-address='{"kind":"run","folder":"/runs/a"}'>
<script>
window.said = [];
window.kept = ${JSON.stringify(kept === undefined ? undefined : { navigation: kept }) ?? 'undefined'};
window.acquireVsCodeApi = () => ({
  postMessage: (message) => window.said.push(message),
  getState: () => window.kept,
  setState: (state) => { window.kept = state; },
});
window.unpack = (text) => JSON.parse(text, (_, value) => {
  if (typeof value !== 'object' || value === null) return value;
  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
  if ('f32' in value) return new Float32Array(bytes(value.f32));
  if ('u32' in value) return new Uint32Array(bytes(value.u32));
  if ('number' in value) return Number(value.number);
  return value;
});
</script></body></html>`;
}
