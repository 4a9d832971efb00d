import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const harnessRoot = fileURLToPath(new URL('..', import.meta.url));
export const repoRoot = path.resolve(harnessRoot, '..', '..');

/** Git-ignored: installations, bundles and pictures of failures live here, never beside the sources. */
export const cacheRoot = path.join(repoRoot, '.cache');
export const failureShots = path.join(cacheRoot, 'vscode-shots');
