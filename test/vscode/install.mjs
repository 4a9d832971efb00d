// node install.mjs [--floor]: installs a VS Code and a browser for the tests; a second run finds them and ends at once.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentEdition, floorEdition, installedAt } from './host/editions.mjs';
import { cacheRoot } from './host/paths.mjs';
import {
  findProgram,
  HarnessError,
  hasLibrary,
  installPackages,
  runStep,
  Unavailable,
} from './host/system.mjs';

/** @typedef {import('./host/editions.mjs').Edition} Edition */

/**
 * Installs an edition unless the very same one is there. The work happens under a temporary name, so an interrupted
 * installation is never mistaken for a finished one.
 *
 * @param {Edition} edition
 */
export async function ensureVsCode(edition) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Unavailable(`VS Code tests run on Linux x64 only, this is ${process.platform} ${process.arch}`);
  }
  const key = installationKey(edition);
  if (installedKey(edition.dir) === key) return;
  const partial = `${edition.dir}.${process.pid}.partial`;
  removeAbandoned(edition.dir);
  mkdirSync(partial, { recursive: true });
  await ensureCompiler(path.join(partial, 'apt.log'));
  await installInto(partial, edition);
  writeFileSync(path.join(partial, 'stamp.json'), JSON.stringify({ key }));
  // Another run may have finished the same installation meanwhile, and a server may already run from it.
  if (installedKey(edition.dir) !== key) {
    rmSync(edition.dir, { recursive: true, force: true });
    renameSync(partial, edition.dir);
  }
  rmSync(partial, { recursive: true, force: true });
}

/** @returns {Promise<string>} path of a chromium */
export async function ensureChromium() {
  const named = process.env.DPO_LAB_CHROMIUM;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new HarnessError(`DPO_LAB_CHROMIUM names ${named}, which does not exist`);
  }
  const logFile = path.join(cacheRoot, 'apt-chromium.log');
  mkdirSync(cacheRoot, { recursive: true });
  // The browser brings a Vulkan driver in software, on which WebGPU is tested, but not the loader that finds it.
  const missing = [
    ...(findProgram('chromium') === undefined ? ['chromium', 'fonts-dejavu-core'] : []),
    ...(hasLibrary('libvulkan.so.1') ? [] : ['libvulkan1']),
  ];
  if (missing.length > 0) await installPackages('a browser', missing, logFile);
  const found = findProgram('chromium');
  if (found === undefined)
    throw new HarnessError(`chromium is not on PATH after its installation; see ${logFile}`);
  return found;
}

/** @param {string} partial @param {Edition} edition */
async function installInto(partial, edition) {
  const { vscode, node, entry } = installedAt(partial);
  const step = (/** @type {string} */ what) => `VS Code ${edition.version}: ${what}`;
  const logFile = path.join(partial, 'install.log');
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(path.join(edition.lockFolder, name), path.join(partial, name));
  }
  // --ignore-scripts everywhere: the scripts would download prebuilt binaries and compile modules nobody here uses.
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await runStep(step('packages'), 'npm', ['ci', ...flags], { logFile, cwd: partial });
  // Its shrinkwrap pins these; `npm ci` refuses it because it lacks the development dependencies.
  const production = ['install', '--omit=dev', ...flags];
  await runStep(step('modules of the server'), 'npm', production, { logFile, cwd: vscode });
  // The modules are loaded by the packaged Node, so they are compiled by it and against its headers.
  const nodeRoot = path.dirname(path.dirname(node));
  const env = {
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    npm_config_nodedir: nodeRoot,
    npm_config_jobs: 'max',
    // `npm test` hands down that this repository runs no scripts of packages; these have to be compiled by theirs.
    npm_config_ignore_scripts: 'false',
  };
  const rebuild = ['rebuild', ...edition.nativeModules];
  await runStep(step('native modules'), 'npm', rebuild, { logFile, cwd: vscode, env });
  linkRipgrep(partial, vscode);
  for (const name of edition.unused) rmSync(path.join(vscode, name), { recursive: true });
  for (const name of ['include', 'share']) rmSync(path.join(nodeRoot, name), { recursive: true });
  // Starting it writes a default configuration, which must not land in the home of whoever runs this.
  const home = path.join(partial, 'home');
  const outside = { ...process.env, XDG_CONFIG_HOME: home };
  await runStep(step('starts'), node, [entry, '--version'], { logFile, env: outside });
  rmSync(home, { recursive: true, force: true });
}

/**
 * VS Code 1.100 fetches ripgrep, which file search and `workspace.findFiles` need, in a script that is not run here.
 * Its lock file has the same program as a package.
 *
 * @param {string} partial @param {string} vscode
 */
function linkRipgrep(partial, vscode) {
  const program = path.join(partial, 'node_modules', '@vscode', 'ripgrep-linux-x64', 'bin', 'rg');
  if (!existsSync(program)) return;
  cpSync(program, path.join(vscode, 'node_modules', '@vscode', 'ripgrep', 'bin', 'rg'));
}

/** @param {string} logFile */
async function ensureCompiler(logFile) {
  if (findProgram('npm') === undefined) throw new Unavailable('npm is not on PATH');
  const missing = ['python3', 'make', 'g++'].filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) await installPackages('a compiler for native modules', missing, logFile);
}

/** @param {Edition} edition everything that decides what an installation contains */
function installationKey(edition) {
  const hash = createHash('sha256').update(JSON.stringify([edition.nativeModules, edition.unused]));
  for (const file of [path.join(edition.lockFolder, 'package-lock.json'), fileURLToPath(import.meta.url)]) {
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param {string} dir */
function installedKey(dir) {
  const stamp = path.join(dir, 'stamp.json');
  return existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')).key : undefined;
}

/** Removes what an interrupted installation left. @param {string} dir */
function removeAbandoned(dir) {
  const parent = path.dirname(dir);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = /\.(\d+)\.partial$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(path.join(parent, name), { recursive: true, force: true });
    console.log(`removed ${name}, left by an interrupted installation`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const edition = process.argv.includes('--floor') ? floorEdition() : currentEdition();
    await ensureVsCode(edition);
    console.log(`VS Code ${edition.version} is installed, browser: ${await ensureChromium()}`);
  } catch (error) {
    if (!(error instanceof HarnessError || error instanceof Unavailable)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
