import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { isConfigFile } from '../../core/check/check';
import { hasForeignName } from '../../core/config/dialects/sniff';
import { findConfigs, isForeign } from '../../node/configs/find-configs';
import { fileError } from '../../node/files/text-files';
import { printToStderr } from '../terminal/output';
import { preparePythonFiles } from './python-files';

/** Never searched: what others wrote, and our own run folders with copies of configs. */
const SKIPPED = ['**/node_modules/**', '**/.git/**', '**/.dpo/**', '**/.venv/**', '**/site-packages/**'];

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

/** Which files an argument may stand for: those of every trainer that is known, or only those that are trained here. */
export type Kind = 'any trainer' | 'own';

const OF_ANY = `${NAMES}, or a config, script or Python file of another trainer`;

/** Finds the configs behind arguments, each a file, a folder or a glob. */
export async function findConfigFiles(names: readonly string[], cwd: string, kind: Kind): Promise<Found> {
  const files = new Set<string>();
  const failures: Failure[] = [];
  // A YAML file or a script named alone has no use for it.
  if (kind === 'any trainer' && !names.every((name) => /\.(ya?ml|json|sh)$/i.test(name)))
    await preparePythonFiles();
  for (const name of names) {
    const found = await behind(name, cwd, kind);
    if (typeof found === 'string') failures.push({ file: name, reason: found });
    else for (const file of found) files.add(file);
  }
  return { files: [...files].sort(), failures };
}

/** The files, or why there are none. */
async function behind(name: string, cwd: string, kind: Kind): Promise<readonly string[] | string> {
  const path = resolve(cwd, name);
  const stats = await stat(path).catch((error: unknown) => fileError(error, name));
  if (!(stats instanceof Error)) {
    if (!stats.isDirectory()) return isOne(path, kind) ? [path] : otherName(name, kind);
    const { files, unread } = findConfigs(path);
    if (unread > 0 && kind === 'any trainer') {
      printToStderr(
        `${name} holds more files than are opened; ${unread} were left out. Name a folder in it.`,
      );
    }
    const wanted = files.filter((file) => kind === 'any trainer' || isConfigFile(file));
    return wanted.length > 0
      ? wanted
      : `${name} is a folder that holds no config (${namesOf(kind)}). Name another folder.`;
  }
  if (!isDynamicPattern(name)) return stats.message;
  // A backslash separates folders on Windows; elsewhere it takes a special character literally.
  const pattern = sep === '\\' ? name.replaceAll('\\', '/') : name;
  const matches = (await search(pattern, cwd)).filter((file) => isOne(file, kind));
  return matches.length > 0
    ? matches
    : `${name} matches no config (${namesOf(kind)}). Check the pattern and where it starts.`;
}

function isOne(path: string, kind: Kind): boolean {
  return isConfigFile(path) || (kind === 'any trainer' && isForeign(path));
}

function namesOf(kind: Kind): string {
  return kind === 'own' ? NAMES : OF_ANY;
}

function otherName(name: string, kind: Kind): string {
  if (kind === 'any trainer' && hasForeignName(name)) {
    return `${name} is not named like a config (${NAMES}), and holds no preference training of another trainer that is known.`;
  }
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
