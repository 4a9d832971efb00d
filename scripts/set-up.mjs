// Used before anything is installed, so it imports only what comes with Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Installs the dependencies unless exactly what package-lock.json asks for is there. Ends the process on failure. */
export function ensureDependencies() {
  if (isInstalled()) return;
  console.log('Installing dependencies (npm ci) ...');
  const npm = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    // npm is a script of the shell there.
    shell: process.platform === 'win32',
  });
  if (npm.status === 0) return;
  console.error(
    npm.error ? `npm could not be started: ${npm.error.message}.` : 'npm ci failed; its reason stands above.',
  );
  console.error('Install npm, or repair what it complains about, and run this command again.');
  process.exit(1);
}

/** Compares what is asked for with what npm noted down when it installed. Optional packages depend on the platform. */
function isInstalled() {
  try {
    const wanted = packagesOf('package-lock.json');
    const installed = packagesOf('node_modules/.package-lock.json');
    const missing = Object.entries(wanted).some(
      ([name, { version, optional, devOptional }]) =>
        name !== '' && !optional && !devOptional && installed[name]?.version !== version,
    );
    const surplus = Object.entries(installed).some(
      ([name, { version }]) => wanted[name]?.version !== version,
    );
    return !missing && !surplus;
  } catch {
    return false; // One of the files is not there yet.
  }
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
}
