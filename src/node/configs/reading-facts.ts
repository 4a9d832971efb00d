import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ReadingFacts } from '../../core/facts';

/** Packages whose versions decide which keys a config can have. */
const PACKAGES = new Map([
  ['trl', 'trl'],
  ['transformers', 'transformers'],
  ['llamafactory', 'llamafactory'],
  ['axolotl', 'axolotl'],
  ['ms_swift', 'ms-swift'],
  ['openrlhf', 'openrlhf'],
  ['torchtune', 'torchtune'],
]);
const ENVIRONMENTS = ['.venv', 'venv', 'env'];
const MAX_PARENTS = 8;
const MAX_BASES = 6;
const MAX_BASE_SIZE = 200_000;

/** What helps to read a config file: the versions in the environment of its folder, and the files that it builds upon. */
export function readingFacts(configFile: string, text: string): ReadingFacts {
  const versions = installedVersions(dirname(configFile));
  const files = basesOf(configFile, text);
  return {
    ...(Object.keys(versions).length ? { versions } : {}),
    ...(Object.keys(files).length ? { files } : {}),
  };
}

/** From the first environment with one of the packages, in the folder or above it. Nothing is started for it. */
function installedVersions(folder: string): Record<string, string> {
  let current = resolve(folder);
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    for (const name of ENVIRONMENTS) {
      const found = versionsIn(join(current, name));
      if (Object.keys(found).length > 0) return found;
    }
    const parent = dirname(current);
    if (parent === current) break;
    current = parent;
  }
  return {};
}

function versionsIn(environment: string): Record<string, string> {
  const libraries = [
    ...namesIn(join(environment, 'lib'))
      .filter((name) => name.startsWith('python'))
      .map((name) => join(environment, 'lib', name, 'site-packages')),
    join(environment, 'Lib', 'site-packages'),
  ];
  const found: Record<string, string> = {};
  for (const name of libraries.flatMap(namesIn)) {
    const [, distribution = '', version] = /^([A-Za-z0-9_.]+)-(\d[^-]*)\.dist-info$/.exec(name) ?? [];
    const known = PACKAGES.get(distribution.toLowerCase().replaceAll(/[.-]/g, '_'));
    if (known !== undefined && version !== undefined) found[known] = version;
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The texts behind `defaults: other.yaml`, and behind theirs. */
function basesOf(configFile: string, text: string): Record<string, string> {
  const files: Record<string, string> = {};
  const visit = (file: string, content: string): void => {
    for (const [, name = ''] of content.matchAll(/^(?:defaults:|\s*-)\s*["']?([\w./-]+\.ya?ml)["']?\s*$/gm)) {
      if (Object.keys(files).length >= MAX_BASES || files[name] !== undefined) continue;
      const path = resolve(dirname(file), name);
      const base = textOf(path);
      if (base === undefined) continue;
      files[name] = base;
      visit(path, base);
    }
  };
  if (/^defaults:/m.test(text)) visit(configFile, text);
  return files;
}

function textOf(path: string): string | undefined {
  try {
    // Reading a pipe or a device may never end.
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_BASE_SIZE ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
