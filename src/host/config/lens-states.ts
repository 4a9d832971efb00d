import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isConfigFile } from '../../core/check/check';
import { resolveConfig } from '../../core/config/resolved';
import type { LensState } from '../../core/language/types';
import { askedReference } from '../../core/reference/reference-asked';
import { findCachedPairs } from '../../node/runs/reference-tables';
import { dataFolderOf, type WorkspaceRuns } from '../runs/workspace-runs';
import { canStart } from './active-config';
import type { ConfigDocuments } from './config-documents';

/** What is known around a config; nothing beyond its text where that may not be looked at. */
export async function lensStateOf(
  document: vscode.TextDocument,
  documents: ConfigDocuments,
  runs: WorkspaceRuns,
): Promise<LensState> {
  const { uri } = document;
  if (!vscode.workspace.isTrusted || uri.scheme !== 'file') return { canStart: false, runs: [] };
  const checked = documents.checked(document);
  if (!isConfigFile(uri.path)) return { canStart: canStart(checked), runs: runs.of(uri) };
  const config = resolveConfig(checked.experiment);
  const asked = askedReference(config, dirname(uri.fsPath));
  const cachedPairs = await findCachedPairs(dataFolderOf(uri), asked);
  return { canStart: true, runs: runs.of(uri), ...(cachedPairs !== undefined && { cachedPairs }) };
}
