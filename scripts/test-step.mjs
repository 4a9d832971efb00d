import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs one step and prints its name and seconds; what it wrote is shown only when it failed, indented, so that its
 * closing line is not taken for ours.
 *
 * @param {string} name
 * @param {string[]} command `node` or a program that a dependency brings, and arguments
 */
export async function runStep(name, [program = '', ...args]) {
  process.stdout.write(`${name} ... `);
  const start = performance.now();
  const { ok, output } = await run(
    program === 'node' ? process.execPath : path.join(root, 'node_modules/.bin', program),
    args,
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(ok ? `${seconds} s` : `FAILED after ${seconds} s`);
  if (!ok) console.log(output.trimEnd().replace(/^/gm, '  | '));
  return { ok, output };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The programs of dependencies are scripts of the shell there.
      shell: process.platform === 'win32',
    });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) =>
      resolve({ ok: false, output: `${program} could not be started: ${error.message}` }),
    );
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}
