import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { OptionPath } from '../../../core/config/config';
import type { Experiment } from '../../../core/config/experiment';

/** Options that name files, and keys of trainers that do. */
const PATHS: readonly OptionPath[] = [
  'model.path',
  'model.adapter',
  'reference.policy',
  'data.train.path',
  'data.eval.path',
  'backend.torch.accelerate_config',
];
const PATH_KEYS = ['dataset_dir', 'deepspeed', 'accelerate_config'];

/**
 * Where a trainer is started: other trainers take relative paths from there, and no config says where that is. Of the
 * config's folder and those above it, up to the workspace's: the one in which most of the named files exist.
 *
 * @param needs a file that the trainer's command names
 */
export function workingFolder(
  experiment: Experiment,
  configFile: string,
  workspaceFolder: string,
  needs?: string,
): string {
  const names = [...(needs === undefined ? [] : [needs]), ...namedPaths(experiment)];
  const folders = foldersUpTo(dirname(configFile), workspaceFolder);
  const count = (folder: string): number => names.filter((name) => existsSync(join(folder, name))).length;
  return folders.reduce((best, folder) => (count(folder) > count(best) ? folder : best));
}

/** A folder and those above it, as far as another one; the folder alone where it does not lie in that. */
export function foldersUpTo(folder: string, top: string): [string, ...string[]] {
  const way = relative(top, folder);
  if (way === '' || way.startsWith('..') || isAbsolute(way)) return [folder];
  return [folder, ...foldersUpTo(dirname(folder), top)];
}

function namedPaths(experiment: Experiment): string[] {
  const values = [
    ...PATHS.map((path) => experiment.get(path).value),
    ...PATH_KEYS.map((key) => experiment.own?.file.value(key)),
    ...experiment.strings.map(({ text }) => text).filter((text) => text.includes('/')),
  ];
  const texts = values.filter((value): value is string => typeof value === 'string' && value !== '');
  return [...new Set(texts)].filter(
    (text) => !isAbsolute(text) && !text.includes('://') && text.length < 300,
  );
}
