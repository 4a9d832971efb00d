import * as vscode from 'vscode';
import type { ConversionRequest, Page } from '../../core/language/types';
import { PAGE_SCHEME } from '../contributions';
import { fileName } from '../vscode/selector';

/** Addresses of the pages that are made on demand. */

export type PageAddress =
  | { readonly kind: 'rule'; readonly code: string }
  | { readonly kind: 'report'; readonly config: vscode.Uri }
  | { readonly kind: 'convert'; readonly config: vscode.Uri; readonly request: ConversionAddress }
  | { readonly kind: Page; readonly config: vscode.Uri };

export type ConversionAddress = ConversionRequest & { readonly experiment: number; readonly target: string };

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

/** One training of a config as a file for another trainer. */
export function conversionPageUri(config: vscode.Uri, request: ConversionAddress): vscode.Uri {
  const { experiment, target, betas } = request;
  return vscode.Uri.from({
    scheme: PAGE_SCHEME,
    path: `/convert/${fileName(config)} (for ${target}).md`,
    query: JSON.stringify({ config: config.toString(), experiment, target, betas }),
  });
}

/** Undefined for an address that no page has, such as one a user typed. */
export function readPageUri(uri: vscode.Uri): PageAddress | undefined {
  if (uri.scheme !== PAGE_SCHEME) return undefined;
  const [, kind, code] = /^\/(rule|report|reference|memory|convert)\/(.*)\.md$/.exec(uri.path) ?? [];
  if (kind === 'rule' && code) return { kind, code };
  if (kind === 'report' || kind === 'reference' || kind === 'memory')
    return { kind, config: vscode.Uri.parse(uri.query) };
  if (kind === 'convert') return readConversion(uri.query);
  return undefined;
}

function readConversion(query: string): PageAddress | undefined {
  try {
    const { config, experiment, target, betas } = JSON.parse(query) as Record<string, unknown>;
    if (typeof config !== 'string' || typeof experiment !== 'number' || typeof target !== 'string')
      return undefined;
    const sweep = Array.isArray(betas) && betas.every((beta) => typeof beta === 'number') ? { betas } : {};
    return { kind: 'convert', config: vscode.Uri.parse(config), request: { experiment, target, ...sweep } };
  } catch {
    return undefined;
  }
}
