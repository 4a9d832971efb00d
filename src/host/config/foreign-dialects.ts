import { createRequire } from 'node:module';
import type * as vscode from 'vscode';
import { isConfigFile } from '../../core/check/check';
import { useDialects } from '../../core/config/dialects/registry';
import { maybeForeign } from '../../core/config/dialects/sniff';
import type * as Bundle from '../../node/configs/foreign-dialects';
import { fileName } from '../vscode/selector';

/** More lines are data or a log. */
const MAX_LINES = 20_000;

let bundle: typeof Bundle | undefined;

/** Readers of other trainers' files: a bundle of their own, loaded when the first such file is seen. */
function foreignDialects(): typeof Bundle {
  if (!bundle) {
    bundle = createRequire(import.meta.url)('./dialects.js') as typeof Bundle;
    useDialects(bundle.FOREIGN_DIALECTS);
  }
  return bundle;
}

/** Whether a text is a config of a trainer that is known: ours by its name, those of others by their content. */
export function isConfigText(name: string, text: string): boolean {
  if (isConfigFile(name)) return true;
  if (!maybeForeign(name, text)) return false;
  foreignDialects();
  return isConfigFile(name, text);
}

const known = new WeakMap<vscode.TextDocument, { readonly version: number; readonly is: boolean }>();

/** The same of a document, once for each of its versions. */
export function isConfigDocument(document: vscode.TextDocument): boolean {
  const name = fileName(document.uri);
  if (isConfigFile(name)) return true;
  if (document.lineCount > MAX_LINES || /^(git|output|vscode-scm)$/.test(document.uri.scheme)) return false;
  const before = known.get(document);
  if (before?.version === document.version) return before.is;
  const is = isConfigText(name, document.getText());
  known.set(document, { version: document.version, is });
  return is;
}
