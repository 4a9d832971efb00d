// node scripts/build.mjs [NAME...] [--production] [--watch] [--outdir FOLDER]: bundles into dist/, all or those named, and
// writes what went into each into .cache/meta/. All: the torch trainer's wheel as well.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';
import { bundleNames, bundleOptions, copyPythonParser, root } from './bundles.mjs';
import { buildWheel } from './wheel.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
  },
});
const names = bundleNames.filter((name) => positionals.length === 0 || isWanted(name));

copyPythonParser(path.resolve(root, values.outdir));

if (values.watch) {
  for (const name of names) {
    const bundle = await context({ ...bundleOptions(name, values), logLevel: 'info' });
    await bundle.watch();
  }
} else {
  try {
    await Promise.all(names.map(buildOne));
  } catch {
    // esbuild has printed the errors with their places.
    process.exitCode = 1;
  }
  if (positionals.length === 0) await buildWheel(path.resolve(root, values.outdir));
}

/**
 * Whether a program is named, or is the one that those which are named start beside them.
 *
 * @param {import('./bundles.mjs').BundleName} name
 */
function isWanted(name) {
  const starts = name === 'template-renderer' ? ['cli', 'facts-worker', 'onnx-trainer'] : [];
  return [name, ...starts].some((wanted) => positionals.includes(wanted));
}

/** @param {import('./bundles.mjs').BundleName} name */
async function buildOne(name) {
  const options = bundleOptions(name, values);
  const { metafile } = await build(options);
  // What an earlier build left would belong to another text.
  if (values.production) rmSync(path.resolve(root, `${options.outfile}.map`), { force: true });
  if (name === 'cli') chmodSync(path.resolve(root, options.outfile), 0o755);
  if (values.outdir !== 'dist') return;
  const metaFolder = path.join(root, '.cache/meta');
  mkdirSync(metaFolder, { recursive: true });
  writeFileSync(path.join(metaFolder, `${name}.json`), JSON.stringify(metafile));
}
