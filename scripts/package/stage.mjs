import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PYTHON_PARSER, root } from '../bundles.mjs';
import { WHEEL } from '../wheel.mjs';
import { packagedReadme, START } from './readme.mjs';
import { runtimeFiles } from './targets.mjs';

/** @typedef {import('./targets.mjs').Target} Target */

/** Programs and files that the extension and the command line both start or load. */
const STARTED = [
  'command.js',
  'template-renderer.js',
  'job.js',
  'judge.js',
  'mcp.js',
  'onnx-trainer.js',
  'panel.js',
  'panel.css',
  ...PYTHON_PARSER.map((file) => path.basename(file)),
  WHEEL,
];
/** What both packages have besides their programs. */
const COMMON = ['LICENSE', 'CHANGELOG.md', 'THIRD_PARTY_NOTICES.md'];
const EXTENSION = [...COMMON, 'media', 'schema', 'examples/goldilocks', 'examples/broken'];

/**
 * Makes the folder that becomes a package for VS Code. ONNX Runtime lies beside the trainer that loads it, since the
 * packager leaves out a node_modules folder at the top.
 *
 * @param {Target} target
 * @param {string} folder
 * @param {string} bundles folder of the bundles
 */
export function stageExtension(target, folder, bundles) {
  const { scripts, dependencies, devDependencies, bin, private: _, ...manifest } = readManifest();
  begin(folder, EXTENSION);
  copyBundles(bundles, folder, [
    ...['actions.js', 'adoption.js', 'dialects.js', 'extension.js', 'facts-worker.js'],
    ...STARTED,
  ]);
  for (const file of runtimeFiles(target))
    copy(path.join(root, 'node_modules', file), path.join(folder, 'dist/node_modules', file));
  finish(folder, manifest, packagedReadme(START.extension));
}

/**
 * Makes the folder that becomes the npm package of the command line: all is bundled but ONNX Runtime.
 *
 * @param {string} folder
 * @param {string} bundles folder of the bundles
 */
export function stageCommandLine(folder, bundles) {
  const { name, version, description, license, keywords, engines, bin, dependencies } = readManifest();
  begin(folder, COMMON);
  copyBundles(bundles, folder, ['cli.js', ...STARTED]);
  chmodSync(path.join(folder, 'dist/cli.js'), 0o755);
  const manifest = {
    ...{ name, version, description, license, keywords, bin },
    engines: { node: engines.node },
    dependencies: { 'onnxruntime-node': dependencies['onnxruntime-node'] },
  };
  finish(folder, manifest, packagedReadme(START.cli));
}

function readManifest() {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
}

/** @param {string} folder @param {readonly string[]} files and folders of the repository */
function begin(folder, files) {
  rmSync(folder, { recursive: true, force: true });
  for (const name of files) copy(path.join(root, name), path.join(folder, name));
}

/** @param {string} bundles @param {string} folder @param {readonly string[]} names */
function copyBundles(bundles, folder, names) {
  for (const name of names) copy(path.join(bundles, name), path.join(folder, 'dist', name));
}

/** @param {string} folder @param {Record<string, unknown>} manifest @param {string} readme */
function finish(folder, manifest, readme) {
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(path.join(folder, 'README.md'), readme);
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  if (!existsSync(from))
    throw new Error(`${path.relative(root, from)} is missing, and belongs into the package.`);
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, filter: (name) => !/__pycache__|\.egg-info|\.dpo$/.test(name) });
}
