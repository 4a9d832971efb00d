import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, root, TO_NODE } from './bundles.mjs';

/**
 * Bundles a TypeScript module of this repository into .cache/scripts/.
 *
 * @param {string} file relative to the repository
 * @returns {Promise<string>} the path of the bundle
 */
export async function bundleTypeScript(file) {
  const folder = path.join(root, '.cache/scripts');
  const outfile = path.join(folder, `${path.basename(file, '.ts')}.cjs`);
  // The runtime is a native library, loaded from its own package.
  await build({ ...TO_NODE, entryPoints: [file], outfile, external: ['onnxruntime-node'] });
  await build(bundleOptions('template-renderer', { outdir: folder }));
  return outfile;
}

/**
 * Loads a TypeScript module of this repository.
 *
 * @param {string} file relative to the repository
 * @returns {Promise<any>} its exports
 */
export async function loadTypeScript(file) {
  return createRequire(import.meta.url)(await bundleTypeScript(file));
}
