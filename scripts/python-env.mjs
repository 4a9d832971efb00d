// node scripts/python-env.mjs: makes the Python environment that tests and benchmarks compare with; prints its interpreter.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './test-step.mjs';

const requirements = path.join(root, 'test/torch/requirements.txt');
const home = path.join(root, '.cache/python');
const OLDEST = [3, 10];
/** Names beside `python3`, where that is old. */
const NEWER = ['python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** What a virtual environment needs, found by the interpreter itself. */
const PROBE = `
import sys, platform
try:
    import venv, ensurepip
    complete = True
except ImportError:
    complete = False
print(*sys.version_info[:3], platform.machine(), complete)
`;

/**
 * Makes or reuses a virtual environment with the packages of test/torch/requirements.txt. The variable
 * DPO_LAB_TEST_PYTHON names an interpreter that has them already.
 *
 * @returns {{ python: string } | { reason: string }} the interpreter, or why there is none
 */
export function preparePython() {
  const given = process.env.DPO_LAB_TEST_PYTHON;
  if (given) return { python: given };
  let found = findPython();
  if ('reason' in found && installPython()) found = findPython();
  if ('reason' in found) return found;
  const key = createHash('sha256').update(readFileSync(requirements)).update(found.identity).digest('hex');
  const folder = path.join(home, key.slice(0, 12));
  if (!existsSync(folder)) {
    const reason = make(found.python, folder);
    if (reason !== undefined) return { reason };
  }
  return { python: interpreterIn(folder) };
}

/** @returns {{ python: string, identity: string } | { reason: string }} */
function findPython() {
  const names = process.platform === 'win32' ? ['python', 'py'] : ['python3', ...NEWER, 'python'];
  const reasons = [];
  for (const name of names) {
    const { status, stdout } = spawnSync(name, ['-I', '-c', PROBE], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major = '', minor = '', patch = '', machine = '', complete = ''] = stdout.trim().split(' ');
    const version = `${major}.${minor}.${patch}`;
    const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
    if (isOld) reasons.push(`${name} is Python ${version}, older than ${OLDEST.join('.')}`);
    else if (complete !== 'True') reasons.push(`${name} has no venv or ensurepip (Debian: python3-venv)`);
    else return { python: name, identity: `${version} ${machine}` };
  }
  return { reason: reasons[0] ?? `no Python ${OLDEST.join('.')} or newer was found` };
}

/** As with the browser of the tests: where this user may install Debian's packages, nobody has to do it by hand. */
function installPython() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...args) => spawnSync('apt-get', args, { env }).status === 0;
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'python3-venv');
}

/**
 * Made beside its place and renamed, so that what is in place is complete.
 *
 * @param {string} python
 * @param {string} folder
 * @returns {string | undefined} why it failed
 */
function make(python, folder) {
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(home, { recursive: true });
  try {
    run(python, ['-I', '-m', 'venv', unfinished]);
    run(interpreterIn(unfinished), [
      ...['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--retries', '2', '--requirement', requirements],
    ]);
    if (!existsSync(folder)) renameSync(unfinished, folder);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function interpreterIn(folder) {
  return path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {string} what it printed
 */
export function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return stdout;
  const lines = (error?.message ?? stderr).trim().split('\n');
  throw new Error(`${path.basename(program)} ${args.slice(0, 3).join(' ')}: ${lines.at(-1)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const result = preparePython();
  if ('reason' in result) {
    console.error(`No Python to compare with: ${result.reason}.`);
    process.exitCode = 1;
  } else console.log(result.python);
}
