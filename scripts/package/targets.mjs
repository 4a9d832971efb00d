import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundles.mjs';

/**
 * The platforms for which ONNX Runtime brings a library, as VS Code names them, and the largest package we let users
 * download, in bytes. A budget is raised only in a commit that says what for.
 */
export const BUDGETS = /** @type {const} */ ({
  'linux-x64': 40e6,
  'linux-arm64': 40e6,
  'darwin-arm64': 40e6,
  // Those two bring DirectML and the compiler for shaders besides.
  'win32-x64': 50e6,
  'win32-arm64': 50e6,
});

/** @typedef {keyof typeof BUDGETS} Target */

export const TARGETS = /** @type {Target[]} */ (Object.keys(BUDGETS));

/** The npm package of the command line: everybody downloads ONNX Runtime besides. */
export const CLI_BUDGET = 3e6;

/**
 * What ONNX Runtime needs at run time: its JavaScript, and the library of one platform for the processor and what else
 * it brings along (WebGPU, CoreML, DirectML). Libraries for CUDA are not part of its npm package.
 *
 * @param {Target} target
 * @returns {string[]} paths relative to node_modules
 */
export function runtimeFiles(target) {
  const [system = '', processor = ''] = target.split('-');
  const libraries = `onnxruntime-node/bin/napi-v6/${system}/${processor}`;
  if (!existsSync(path.join(root, 'node_modules', libraries)))
    throw new Error(`onnxruntime-node has no library for ${target}: node_modules/${libraries} is missing.`);
  return [
    'onnxruntime-node/package.json',
    ...scripts('onnxruntime-node/dist'),
    // On macOS the library comes twice; the binding loads it by the shorter name.
    ...filesOf(libraries, (name) => !/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(name)),
    'onnxruntime-common/package.json',
    'onnxruntime-common/dist/cjs/package.json',
    ...scripts('onnxruntime-common/dist/cjs'),
  ];
}

/** @param {string} folder */
function scripts(folder) {
  return filesOf(folder, (name) => name.endsWith('.js'));
}

/** @param {string} folder @param {(name: string) => boolean} fits */
function filesOf(folder, fits) {
  return readdirSync(path.join(root, 'node_modules', folder))
    .filter(fits)
    .map((name) => `${folder}/${name}`);
}
