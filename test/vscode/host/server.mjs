import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, endProcess, endProcessesOfHome, extensionHosts, track, untrack } from './reaper.mjs';
import { HarnessError, runStep, tail } from './system.mjs';

/** @typedef {import('./editions.mjs').Edition} Edition */
/** @typedef {import('./profile.mjs').Profile} Profile */

/** @typedef {import('node:child_process').ChildProcess & { pid: number }} Child */

/** One running VS Code server. */
export class Server {
  /**
   * @param {Child} child
   * @param {Profile} profile
   * @param {number} port
   * @param {(port: number) => Promise<{ child: Child, port: number }>} launch the same server once more
   */
  constructor(child, profile, port, launch) {
    this.child = child;
    this.profile = profile;
    this.port = port;
    this.launch = launch;
  }

  /** Kills it with its extension hosts. What the extension started apart goes on. */
  async kill() {
    const { child } = this;
    const ended = once(child, 'exit');
    endGroup(child.pid);
    await ended;
    untrack(child.pid);
  }

  /** Starts it after `kill`: at the same address, so that browsers know it again, with the same folders and user data. */
  async startAgain() {
    const { child } = await this.launch(this.port);
    this.child = child;
  }

  /**
   * @param {string} folder to open
   * @param {{ extension?: string, tests?: string | undefined }} development folder of an extension that is not installed, and
   *   the module whose `run` its host calls
   */
  address(folder, { extension, tests } = {}) {
    const remote = (/** @type {string} */ file) => `vscode-remote://127.0.0.1:${this.port}${file}`;
    const payload = [];
    if (extension !== undefined) payload.push(['extensionDevelopmentPath', remote(extension)]);
    if (tests !== undefined) payload.push(['extensionTestsPath', remote(tests)]);
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    // Not `localhost`, which may be IPv6; both are secure contexts, which the service worker of webviews needs.
    return `http://127.0.0.1:${this.port}/?${query}`;
  }

  logTail(lines = 40) {
    return tail(this.profile.serverLog, lines);
  }

  /** @returns {number[]} process ids of the extension hosts, also of those whose window is gone */
  extensionHosts() {
    return extensionHosts(this.child.pid).map(({ pid }) => pid);
  }

  /**
   * Sees extension hosts of windows that are gone to their end. Most deactivate their extensions and end within a
   * second. One that the window could not tell would wait three hours for the window to come back.
   *
   * @param {number[]} pids
   */
  async endExtensionHosts(pids) {
    const deadline = Date.now() + 5000;
    const left = () => this.extensionHosts().filter((pid) => pids.includes(pid));
    while (left().length > 0 && Date.now() < deadline) await delay(50);
    for (const pid of left()) endProcess(pid);
  }

  /** @returns {Promise<string[]>} the processes that an extension left behind, now ended */
  async stop() {
    const { pid } = this.child;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      endGroup(pid, 'SIGTERM');
      await Promise.race([ended, delay(5000, undefined, { ref: false })]);
    }
    endGroup(pid);
    untrack(pid);
    return endProcessesOfHome(this.profile.home);
  }
}

/**
 * @param {Edition} edition
 * @param {Profile} profile
 * @param {{ development: boolean, env?: Record<string, string> }} options development: windows of this server may run
 *   an extension from its folder
 */
export async function startServer(edition, profile, options) {
  const launch = (/** @type {number} */ at) => launchServer(edition, profile, options, at);
  const { child, port } = await launch(0);
  return new Server(child, profile, port, launch);
}

/**
 * @param {Edition} edition
 * @param {Profile} profile
 * @param {{ development: boolean, env?: Record<string, string> }} options
 * @param {number} at the port; 0: one that is free
 * @returns {Promise<{ child: Child, port: number }>}
 */
async function launchServer(edition, profile, { development, env = {} }, at) {
  const args = [
    ...profileArguments(profile),
    ...['--bind-addr', `127.0.0.1:${at}`, '--auth', 'none', '--disable-proxy'],
    ...[
      '--disable-telemetry',
      '--disable-update-check',
      '--disable-getting-started-override',
      '--ignore-last-opened',
    ],
    ...(profile.trust ? ['--disable-workspace-trust'] : []),
    ...(development ? edition.developmentFlags : []),
  ];
  const child = spawn(edition.node, [edition.entry, ...args], {
    env: serverEnvironment(profile, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid === undefined) throw new HarnessError(`cannot start ${edition.node}`);
  track(child.pid, profile.home);
  const log = createWriteStream(profile.serverLog, { flags: 'a' });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const port = await Promise.race([
    announcedPort(child),
    once(child, 'exit').then(() => undefined),
    delay(60_000, undefined, { ref: false }),
  ]);
  if (port === undefined) {
    endGroup(child.pid);
    untrack(child.pid);
    throw new HarnessError(`the VS Code server did not start\n${tail(profile.serverLog, 40)}`);
  }
  return { child: /** @type {Child} */ (child), port };
}

/** @param {import('node:child_process').ChildProcess} child @returns {Promise<number>} */
function announcedPort(child) {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => {
      text += chunk;
      const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** @param {Edition} edition @param {Profile} profile @param {string} vsix */
export async function installVsix(edition, profile, vsix) {
  if (!existsSync(vsix)) throw new HarnessError(`${vsix} does not exist`);
  const args = [edition.entry, ...profileArguments(profile), '--install-extension', vsix, '--force'];
  const logFile = path.join(profile.home, 'install-extension.log');
  const env = serverEnvironment(profile);
  await runStep(`installed ${path.basename(vsix)}`, edition.node, args, { logFile, env });
}

/** @param {Profile} profile */
function profileArguments(profile) {
  const config = path.join(profile.home, 'config.yaml');
  return ['--config', config, '--user-data-dir', profile.userData, '--extensions-dir', profile.extensions];
}

/** @param {Profile} profile @param {Record<string, string>} extra */
function serverEnvironment(profile, extra = {}) {
  // An empty address: there is no marketplace, so nothing asks one.
  return profile.environment({ EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra });
}
