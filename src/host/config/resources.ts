import * as vscode from 'vscode';
import type { Resources } from '../../core/language/types';
import { listCachedModels } from '../../node/hub/hub-cache';
import { relativePath } from '../vscode/relative-path';

/** JSON is data only in a folder that says so: elsewhere it is settings. */
const DATA_FILES = ['**/*.{jsonl,parquet}', '**/*data*/**/*.json'];
const SKIPPED = '**/{node_modules,.git,.dpo,.venv,venv,__pycache__}/**';
const MAX_FILES = 200;
/** Milliseconds for which found names are used again: long enough for one line of typing. */
const LIFETIME = 5000;

/** Data files of the workspace, sorted by path. Where the file system cannot be searched there are none. */
export async function findDataFiles(): Promise<vscode.Uri[]> {
  const searches = DATA_FILES.map((glob) => vscode.workspace.findFiles(glob, SKIPPED, MAX_FILES));
  const found = await Promise.all(searches).catch(() => []);
  return found
    .flat()
    .filter(({ path }) => !/\.dpo\.json$/i.test(path))
    .sort((a, b) => a.path.localeCompare(b.path));
}

export async function findModels(): Promise<string[]> {
  return listCachedModels(process.env);
}

/** Names for completion, looked up at most every few seconds. */
export class NearbyNames {
  private found: { readonly at: number; readonly names: Promise<[string[], vscode.Uri[]]> } | undefined;

  async near(config: vscode.Uri): Promise<Resources> {
    if (!this.found || Date.now() - this.found.at > LIFETIME) {
      this.found = { at: Date.now(), names: Promise.all([findModels(), findDataFiles()]) };
    }
    const [models, files] = await this.found.names;
    const folder = vscode.Uri.joinPath(config, '..');
    return { models, dataFiles: files.flatMap((file) => relativePath(folder, file) ?? []) };
  }
}
