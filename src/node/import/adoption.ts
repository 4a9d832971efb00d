import { glob } from 'tinyglobby';

/** What the editor loads when it adopts runs of other trainers for the first time. */
export { Adopter } from './adopt';

/** The folders that globs name, absolute. Never throws. */
export async function foldersOf(globs: readonly string[], workspaceFolder: string): Promise<string[]> {
  const patterns = globs.filter((one) => typeof one === 'string' && one !== '');
  if (patterns.length === 0) return [];
  return glob(patterns, {
    cwd: workspaceFolder,
    absolute: true,
    onlyDirectories: true,
    expandDirectories: false,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**', '**/.dpo/**'],
  }).catch(() => []);
}
