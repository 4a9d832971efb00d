import type * as vscode from 'vscode';

/** Glob of all config files. */
export const CONFIG_FILES = '**/*.dpo.{yaml,yml,json}';

/** Files in which other trainers are configured: which of them are configs, their content says. */
export const FOREIGN_FILES = '**/*.{yaml,yml,sh,bash,slurm,sbatch,py}';

/** By name alone: on any file system, and whatever language mode the user chose. */
export const CONFIG_SELECTOR: vscode.DocumentSelector = [
  { pattern: CONFIG_FILES },
  { pattern: FOREIGN_FILES },
];

/** The last part of a path, the name that a config is recognised by. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
