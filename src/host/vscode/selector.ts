import type * as vscode from 'vscode';

/** Glob of all config files. */
export const CONFIG_FILES = '**/*.dpo.{yaml,yml,json}';

/** Files in which other trainers are configured: which of them are configs, their content says. */
export const FOREIGN_FILES = '**/*.{yaml,yml,sh,bash,slurm,sbatch,py}';

/** By name alone: on any file system, and whatever language mode the user chose. */
export const CONFIG_SELECTOR: vscode.DocumentSelector = [
  { pattern: CONFIG_FILES },
  { pattern: FOREIGN_FILES },
  { notebookType: 'jupyter-notebook', language: 'python' },
];

/** The scheme of a notebook's cells, each of which is a document. */
export const CELL = 'vscode-notebook-cell';

/** The last part of a path, the name that a config is recognised by. */
export function fileName(uri: vscode.Uri): string {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  // The document is the cell's code, not the notebook's file.
  return uri.scheme === CELL ? `${name}.py` : name;
}
