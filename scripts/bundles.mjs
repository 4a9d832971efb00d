import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledSchema } from './compiled-schema.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What is built: the command line, the extension, the worker that looks at models and data for it, job, judge, the server for assistants, what runs other trainers, trainer, panels. */
export const bundleNames = /** @type {const} */ ([
  'adoption',
  'actions',
  'cli',
  'command',
  'dialects',
  'extension',
  'facts-worker',
  'template-renderer',
  'job',
  'judge',
  'mcp',
  'onnx-trainer',
  'panel',
]);

/** @typedef {(typeof bundleNames)[number]} BundleName */

/** The parser of Python files, of packages in node_modules. It lies beside the bundles and is read when first needed. */
export const PYTHON_PARSER = /** @type {const} */ ([
  'web-tree-sitter/web-tree-sitter.wasm',
  'tree-sitter-python/tree-sitter-python.wasm',
]);

/** Packages written as ES modules ask where they are; a CommonJS bundle has to answer. */
const OWN_URL = 'const ownUrl = require("node:url").pathToFileURL(__filename).href;';

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** @satisfies {import('esbuild').BuildOptions} */
export const TO_NODE = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Some packages' CommonJS build loads its parts in a way that a bundler cannot follow.
  mainFields: ['module', 'main'],
  plugins: [compiledSchema],
  loader: { '.md': 'text' },
  banner: { js: OWN_URL },
  define: { 'import.meta.url': 'ownUrl', DPO_LAB_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});

/** Only tests, which run from the sources, name the program that renders templates. */
const SHIPPED = {
  ...TO_NODE,
  define: { ...TO_NODE.define, 'process.env.DPO_LAB_TEST_RENDERER': 'undefined' },
};

/** @type {Record<BundleName, import('esbuild').BuildOptions>} */
const entries = {
  // Loaded by the extension when it adopts runs of other trainers.
  adoption: { entryPoints: ['src/node/import/adoption.ts'] },
  // Loaded by the extension when an assistant first uses one.
  actions: { entryPoints: ['src/actions/bundle.ts'] },
  cli: { entryPoints: ['src/cli/main.ts'], banner: { js: `#!/usr/bin/env node\n${OWN_URL}` } },
  command: { entryPoints: ['src/command/main.ts'] },
  // Loaded by the extension when it sees the first config of another trainer.
  dialects: { entryPoints: ['src/node/configs/foreign-dialects.ts'] },
  extension: { entryPoints: ['src/host/extension.ts'], external: ['vscode'] },
  job: { entryPoints: ['src/job/main.ts'] },
  judge: { entryPoints: ['src/judge/main.ts'], external: ['onnxruntime-node'] },
  mcp: { entryPoints: ['src/mcp/main.ts'] },
  // The runtime is a native library, loaded from its own package.
  'onnx-trainer': { entryPoints: ['src/trainer/main.ts'], external: ['onnxruntime-node'] },
  'facts-worker': { entryPoints: ['src/node/facts/facts-worker.ts'] },
  'template-renderer': { entryPoints: ['src/node/templates/renderer-child.ts'] },
  // Also writes dist/panel.css.
  panel: { entryPoints: ['webview/main.ts'] },
};

/** @satisfies {import('esbuild').BuildOptions} */
const TO_BROWSER = /** @type {const} */ ({
  absWorkingDir: root,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  logLevel: 'warning',
});

/**
 * @param {BundleName} name
 * @param {{ production?: boolean, outdir?: string }} [options]
 * @returns {import('esbuild').BuildOptions & { outfile: string, metafile: true }}
 */
export function bundleOptions(name, { production = false, outdir = 'dist' } = {}) {
  return {
    ...(name === 'panel' ? TO_BROWSER : SHIPPED),
    ...entries[name],
    outfile: `${outdir}/${name}.js`,
    minify: production,
    sourcemap: production ? false : 'linked',
    metafile: true,
  };
}

/** Where the parser of Python files lies in node_modules. */
export function pythonParserFiles() {
  const [runtime, grammar] = PYTHON_PARSER.map((file) => path.join(root, 'node_modules', file));
  return { runtime, grammar };
}

/** @param {string} folder that holds the bundles */
export function copyPythonParser(folder) {
  mkdirSync(folder, { recursive: true });
  for (const file of PYTHON_PARSER)
    copyFileSync(path.join(root, 'node_modules', file), path.join(folder, path.basename(file)));
}
