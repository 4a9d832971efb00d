import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundleNames, bundleOptions, root } from '../bundles.mjs';

/**
 * Builds each bundle as it is shipped and compares it with scripts/budget.json (bytes). A budget is raised only in a
 * commit that says what for.
 */
export async function measureSizes() {
  /** @type {Record<string, number>} */
  const budget = JSON.parse(readFileSync(path.join(root, 'scripts/budget.json'), 'utf8'));
  const bundles = await Promise.all(
    bundleNames.map(async (name) => {
      const { outputFiles } = await build({ ...bundleOptions(name, { production: true }), write: false });
      const contents = outputFiles[0]?.contents ?? new Uint8Array();
      return { name, size: contents.length, compressed: gzipSync(contents).length, limit: budget[name] ?? 0 };
    }),
  );
  const lines = bundles.map(({ name, size, compressed, limit }) => {
    const verdict = size <= limit ? 'within' : 'OVER';
    return `size of dist/${name}.js: ${kilobytes(size)} (${kilobytes(compressed)} compressed), ${verdict} its budget of ${kilobytes(limit)}`;
  });
  return { lines, withinBudget: bundles.every(({ size, limit }) => size <= limit) };
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
