import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isConfigFile } from '../../core/check/check';
import { fileError } from '../../node/files/text-files';

/** A file that was asked for but is not checked, with the reason in a sentence. */
export interface Failure {
  /** As the reader wrote or knows it. */
  readonly file: string;
  readonly reason: string;
}

export interface Found {
  /** Absolute paths, sorted, each once. */
  readonly files: readonly string[];
  readonly failures: readonly Failure[];
}

export const NAMES = '*.dpo.yaml, *.dpo.yml or *.dpo.json';
/** Never searched: what others wrote, and our own run folders with copies of configs. */
const SKIPPED = ['**/node_modules/**', '**/.git/**', '**/.dpo/**'];
const IN_FOLDERS = '**/*.dpo.{yaml,yml,json}';

/** Finds the configs behind arguments, each a file, a folder or a glob. */
export async function findConfigFiles(names: readonly string[], cwd: string): Promise<Found> {
  const files = new Set<string>();
  const failures: Failure[] = [];
  for (const name of names) {
    const found = await behind(name, cwd);
    if (typeof found === 'string') failures.push({ file: name, reason: found });
    else for (const file of found) files.add(file);
  }
  return { files: [...files].sort(), failures };
}

/** The files, or why there are none. */
async function behind(name: string, cwd: string): Promise<string[] | string> {
  const path = resolve(cwd, name);
  const stats = await stat(path).catch((error: unknown) => fileError(error, name));
  if (!(stats instanceof Error)) {
    if (stats.isDirectory()) {
      const files = await search(IN_FOLDERS, path);
      return files.length > 0
        ? files
        : `${name} is a folder that holds no config (${NAMES}). Name another folder.`;
    }
    return isConfigFile(path) ? [path] : otherName(name);
  }
  if (!isDynamicPattern(name)) return stats.message;
  // A backslash separates folders on Windows; elsewhere it takes a special character literally.
  const pattern = sep === '\\' ? name.replaceAll('\\', '/') : name;
  const matches = (await search(pattern, cwd)).filter((file) => isConfigFile(file));
  return matches.length > 0
    ? matches
    : `${name} matches no config (${NAMES}). Check the pattern and where it starts.`;
}

function otherName(name: string): string {
  return `${name} is not named like a config (${NAMES}). Rename it, or check its text with: dpo-lab check --stdin-name NAME.dpo.yaml - < ${name}`;
}

async function search(pattern: string, cwd: string): Promise<string[]> {
  return glob(pattern, {
    cwd,
    ignore: SKIPPED,
    absolute: true,
    dot: true,
    expandDirectories: false,
    // A link can lead to the root of the disk, or back.
    followSymbolicLinks: false,
  });
}
