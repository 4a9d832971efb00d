import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundleNames, bundleOptions, root } from '../bundles.mjs';
import { shippedPackages } from '../package/shipped.mjs';
import { runtimeFiles, TARGETS } from '../package/targets.mjs';

/**
 * Builds each bundle as it is shipped and compares it with scripts/budget.json (bytes). A budget is raised only in a
 * commit that says what for.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measureSizes({ print, fail }) {
  /** @type {Record<string, number>} */
  const budget = JSON.parse(readFileSync(path.join(root, 'scripts/budget.json'), 'utf8'));
  const bundles = await Promise.all(
    bundleNames.map(async (name) => {
      const options = bundleOptions(name, { production: true });
      const { outputFiles, metafile } = await build({ ...options, write: false });
      const contents = outputFiles[0]?.contents ?? new Uint8Array();
      const compressed = gzipSync(contents).length;
      return { name, metafile, size: contents.length, compressed, limit: budget[name] ?? 0 };
    }),
  );
  for (const { name, size, compressed, limit } of bundles) {
    const [say, verdict] = size <= limit ? [print, 'within'] : [fail, 'OVER'];
    say(
      `size of dist/${name}.js: ${kilobytes(size)} (${kilobytes(compressed)} compressed), ${verdict} its budget of ${kilobytes(limit)}`,
    );
  }
  const metafiles = Object.fromEntries(bundles.map(({ name, metafile }) => [name, metafile]));
  for (const line of weights(metafiles)) print(line);
}

/**
 * What each package of others adds to the bundles, heaviest first, and ONNX Runtime to a package.
 *
 * @param {Record<string, import('esbuild').Metafile>} metafiles
 */
function weights(metafiles) {
  const bundled = shippedPackages(metafiles).map(({ name, version, bundles }) => {
    const bytes = Object.values(bundles).reduce((sum, size) => sum + size, 0);
    return { bytes, line: `  ${name} ${version}: ${kilobytes(bytes)} (${Object.keys(bundles).join(', ')})` };
  });
  const runtimes = TARGETS.map((target) => {
    const sizes = runtimeFiles(target).map((file) => statSync(path.join(root, 'node_modules', file)).size);
    return `  onnxruntime-node for ${target}: ${kilobytes(sizes.reduce((sum, size) => sum + size, 0))}`;
  });
  return [
    'of others, minified, in all bundles together; ONNX Runtime as unpacked in a package:',
    ...bundled
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ line }) => line),
    ...runtimes,
  ];
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
