import { spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, track, untrack } from './reaper.mjs';

/** This machine cannot run the tests; the message says why. A reason to skip them visibly, not a failure. */
export class Unavailable extends Error {}

/** Something broke that its message explains to a person; printed without a stack. */
export class HarnessError extends Error {}

/** @param {string} program @returns {string | undefined} its path, when it is on PATH */
export function findProgram(program) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const candidate = path.join(folder, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** Whether the system finds a shared library. @param {string} name */
export function hasLibrary(name) {
  try {
    process.dlopen({ exports: {} }, name);
    return true;
  } catch (error) {
    // One that exists is refused as well, since it is no module of Node's.
    return !/cannot open shared object file/.test(String(error));
  }
}

/**
 * Runs a program to its end with its output in a log file.
 *
 * @param {string} label the line printed when it is done
 * @param {string} program
 * @param {string[]} args
 * @param {{ logFile: string, cwd?: string, env?: NodeJS.ProcessEnv, limitMs?: number }} options
 */
export async function runStep(label, program, args, { logFile, cwd, env = process.env, limitMs = 600_000 }) {
  const started = Date.now();
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid !== undefined) track(child.pid);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  const limit = new AbortController();
  const tooLong = delay(limitMs, `took longer than ${limitMs / 1000} s`, { signal: limit.signal }).catch(
    () => {},
  );
  const problem = await Promise.race([ended, tooLong]);
  limit.abort();
  if (child.pid !== undefined) {
    if (problem !== undefined) endGroup(child.pid);
    untrack(child.pid);
  }
  await new Promise((resolve) => log.end(resolve));
  if (problem !== undefined) {
    throw new HarnessError(`${label}: ${[program, ...args].join(' ')} ${problem}\n${tail(logFile, 15)}`);
  }
  console.log(`${label} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

/** @param {string} file @param {number} lines */
export function tail(file, lines) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Installs Debian packages when this user may.
 *
 * @param {string} purpose what they are needed for
 * @param {string[]} packages
 * @param {string} logFile
 */
export async function installPackages(purpose, packages, logFile) {
  const wanted = `${purpose} (Debian packages: ${packages.join(' ')})`;
  const apt = findProgram('apt-get');
  if (apt === undefined) throw new Unavailable(`${wanted}: missing, and there is no apt-get`);
  const root = process.getuid?.() === 0;
  if (!root && findProgram('sudo') === undefined) {
    throw new Unavailable(`${wanted}: missing, and this user is not root`);
  }
  if (!root) {
    await runStep('sudo without a password', 'sudo', ['-n', 'true'], { logFile }).catch(() => {
      throw new Unavailable(`${wanted}: missing, and sudo asks for a password`);
    });
  }
  const [program, first] = root ? ['env', []] : ['sudo', ['-n', 'env']];
  const common = [...first, 'DEBIAN_FRONTEND=noninteractive', apt, '-o', 'DPkg::Lock::Timeout=120'];
  await runStep('apt-get update', program, [...common, 'update'], { logFile });
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  await runStep(`apt-get ${install.join(' ')}`, program, [...common, ...install], { logFile });
}
