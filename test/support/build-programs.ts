import { execFileSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/**
 * Builds programs from the sources as they are into a folder of the test's own: other tests build meanwhile.
 *
 * @param options names of bundles, and flags of `scripts/build.mjs`
 */
export function buildPrograms(folder: string, ...options: readonly string[]): void {
  execFileSync(process.execPath, ['scripts/build.mjs', ...options, '--outdir', folder], { cwd: ROOT });
}
