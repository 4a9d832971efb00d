import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as vscode from 'vscode';
import { isConfigFile } from '../../core/check/check';
import { useDialects } from '../../core/config/dialects/registry';
import { maybeForeign } from '../../core/config/dialects/sniff';
import type * as Bundle from '../../node/configs/foreign-dialects';
import { CELL, fileName } from '../vscode/selector';

/** More lines are data or a log. */
const MAX_LINES = 20_000;

let bundle: typeof Bundle | undefined;

/** Readers of other trainers' files: a bundle of their own, loaded when the first such file is seen. */
export function foreignDialects(): typeof Bundle {
  if (!bundle) {
    bundle = createRequire(import.meta.url)('./dialects.js') as typeof Bundle;
    useDialects(bundle.FOREIGN_DIALECTS);
  }
  return bundle;
}

let python: Promise<void> | undefined;
let isPythonReady = false;
const listeners = new Set<() => void>();

/** Calls back once Python files can be read: what was said of them before was said unread. */
export function onPythonReady(listener: () => void): vscode.Disposable {
  listeners.add(listener);
  return { dispose: () => listeners.delete(listener) };
}

/** Loads what a file needs to be read: the parser of Python takes a moment. A failure leaves Python files unread. */
export async function prepareFor(name: string, text: string): Promise<void> {
  if (!isPython(name) || !maybeForeign(name, text)) return;
  const file = (wasm: string): string => fileURLToPath(new URL(wasm, import.meta.url));
  python ??= foreignDialects()
    .preparePython({ runtime: file('web-tree-sitter.wasm'), grammar: file('tree-sitter-python.wasm') })
    .then(
      () => {
        isPythonReady = true;
        for (const listener of listeners) listener();
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        vscode.window.showWarningMessage(
          `DPO Lab cannot read Python files, since a part of it is missing (${reason}). Install the extension again.`,
        );
      },
    );
  await python;
}

function isPython(name: string): boolean {
  return /\.(py|ipynb)$/i.test(name);
}

/** Whether a text is a config of a trainer that is known: ours by its name, those of others by their content. */
export function isConfigText(name: string, text: string): boolean {
  if (isConfigFile(name)) return true;
  if (!maybeForeign(name, text)) return false;
  foreignDialects();
  if (isPython(name) && !isPythonReady) {
    void prepareFor(name, text);
    return false;
  }
  return isConfigFile(name, text);
}

const known = new WeakMap<vscode.TextDocument, { readonly version: number; readonly is: boolean }>();

/** The same of a document, once for each of its versions. */
export function isConfigDocument(document: vscode.TextDocument): boolean {
  const name = fileName(document.uri);
  if (isConfigFile(name)) return true;
  if (document.lineCount > MAX_LINES || /^(git|output|vscode-scm)$/.test(document.uri.scheme)) return false;
  // Other cells of a notebook are text.
  if (document.uri.scheme === CELL && document.languageId !== 'python') return false;
  const before = known.get(document);
  if (before?.version === document.version) return before.is;
  const is = isConfigText(name, document.getText());
  if (!isPython(name) || isPythonReady) known.set(document, { version: document.version, is });
  return is;
}
