import { readdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { isFields } from '../../core/runs/read-files';
import { readTextFile, regularFileSize } from '../files/text-files';

/** Folders above an output in which its config is looked for. */
const HIGHEST = 4;
const LARGEST_CONFIG = 256 * 1024;
const MOST_CONFIGS = 50;

/**
 * The settings of the config whose `output_dir` is a folder, where exactly one config in the folder or above it says so:
 * LLaMA-Factory keeps beta nowhere else. Empty where there is none. Never throws.
 */
export async function configThatWrote(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const found: Readonly<Record<string, unknown>>[] = [];
  let place = folder;
  for (let height = 0; height <= HIGHEST; height++) {
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((one) => /\.ya?ml$/i.test(one)).slice(0, MOST_CONFIGS)) {
      const config = await readConfig(join(place, name));
      if (config && typeof config.output_dir === 'string' && leadsTo(folder, place, config.output_dir))
        found.push(config);
    }
    if (place === dirname(place)) break;
    place = dirname(place);
  }
  return found.length === 1 ? (found[0] ?? {}) : {};
}

/** ms-swift makes a folder for each start below it. */
function leadsTo(folder: string, place: string, outputDir: string): boolean {
  const output = resolve(place, outputDir);
  return folder === output || (dirname(folder) === output && /^v\d+-/.test(folder.split(sep).at(-1) ?? ''));
}

async function readConfig(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    if ((await regularFileSize(path)) > LARGEST_CONFIG) return undefined;
    // Python's YAML 1.1 reads 5e-7 as text; numbers as text are understood later.
    const value: unknown = parse(await readTextFile(path), { maxAliasCount: 100, logLevel: 'silent' });
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
