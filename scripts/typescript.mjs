import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { root, TO_NODE } from './bundles.mjs';

/**
 * Loads a TypeScript module of this repository, by way of a bundle in .cache/scripts/.
 *
 * @param {string} file relative to the repository
 * @returns {Promise<any>} its exports
 */
export async function loadTypeScript(file) {
  const outfile = path.join(root, '.cache/scripts', `${path.basename(file, '.ts')}.cjs`);
  await build({ ...TO_NODE, entryPoints: [file], outfile });
  return createRequire(import.meta.url)(outfile);
}
