import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { currentEdition } from '../test/vscode/host/editions.mjs';
import { Profile } from '../test/vscode/host/profile.mjs';
import { installVsix, startServer } from '../test/vscode/host/server.mjs';
import { HarnessError, Unavailable } from '../test/vscode/host/system.mjs';
import { ensureVsCode } from '../test/vscode/install.mjs';
import { root } from './bundles.mjs';

/**
 * Starts a sweep, and a VS Code with the packaged extension that shows it in a browser, until Ctrl-C.
 *
 * @param {string} folder to open
 * @param {string} config in it
 */
export async function openInVsCode(folder, config) {
  const edition = currentEdition();
  try {
    console.log(`VS Code ${edition.version}, from npm on first use: some minutes and 800 MB ...`);
    await ensureVsCode(edition);
  } catch (error) {
    if (!(error instanceof Unavailable || error instanceof HarnessError)) throw error;
    console.error(error.message);
    console.error(
      'In a VS Code that you have: npm run package, then "Install from VSIX" in its list of extensions.',
    );
    process.exitCode = 1;
    return;
  }
  const packages = path.join(root, '.cache/demo');
  node(root, 'scripts/package.mjs', 'linux-x64', '--out', packages);
  const profile = new Profile({ trust: true });
  await installVsix(edition, profile, path.join(packages, 'dpo-lab-linux-x64.vsix'));
  const server = await startServer(edition, profile, { development: false });
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  node(folder, path.join(root, 'dist/cli.js'), 'sweep', config, '--detach');
  const address = new URL(server.address(folder));
  const file = `vscode-remote://${address.host}${path.join(folder, config)}`;
  address.searchParams.set('payload', JSON.stringify([['openFile', file]]));
  console.log(`
Open in a browser of this machine: ${address}

Five arms are being trained. The item in the status bar, "5 runs", leads to them; the button
"Open Sweep" of the sweep in the list shows what beta does while it trains. Ctrl-C ends VS Code.`);
  openBrowser(String(address));
  await interrupted;
  await server.stop();
  profile.remove();
}

/** @param {string} cwd @param {string[]} args */
function node(cwd, ...args) {
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Where there is a desktop; otherwise the address is there to be copied. @param {string} address */
function openBrowser(address) {
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  spawn('xdg-open', [address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
