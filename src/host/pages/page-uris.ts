import * as vscode from 'vscode';
import type { Page } from '../../core/language/types';
import { PAGE_SCHEME } from '../contributions';
import { fileName } from '../vscode/selector';

/** Addresses of the pages that are made on demand. */

export type PageAddress =
  | { readonly kind: 'rule'; readonly code: string }
  | { readonly kind: 'report'; readonly config: vscode.Uri }
  | { readonly kind: Page; readonly config: vscode.Uri };

export function rulePageUri(code: string): vscode.Uri {
  return vscode.Uri.from({ scheme: PAGE_SCHEME, path: `/rule/${code}.md` });
}

/** The path ends in the words that the page's tab shows. */
export function configPageUri(page: Page, config: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({
    scheme: PAGE_SCHEME,
    path: `/${page}/${fileName(config)} (${page}).md`,
    query: config.toString(),
  });
}

/** About the reference log-probabilities of a config. */
export function reportPageUri(config: vscode.Uri): vscode.Uri {
  return vscode.Uri.from({
    scheme: PAGE_SCHEME,
    path: `/report/${fileName(config)} (reference report).md`,
    query: config.toString(),
  });
}

/** Undefined for an address that no page has, such as one a user typed. */
export function readPageUri(uri: vscode.Uri): PageAddress | undefined {
  if (uri.scheme !== PAGE_SCHEME) return undefined;
  const [, kind, code] = /^\/(rule|report|reference|memory)\/(.*)\.md$/.exec(uri.path) ?? [];
  if (kind === 'rule' && code) return { kind, code };
  if (kind === 'report' || kind === 'reference' || kind === 'memory')
    return { kind, config: vscode.Uri.parse(uri.query) };
  return undefined;
}
