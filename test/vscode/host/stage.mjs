import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser, openWindow } from './browser.mjs';
import { failureShots } from './paths.mjs';
import { Profile } from './profile.mjs';
import { installVsix, startServer } from './server.mjs';

/** @typedef {import('./editions.mjs').Edition} Edition */
/** @typedef {import('./browser.mjs').Window} Window */

/**
 * @typedef {object} Subject what is tested, where
 * @property {Edition} edition
 * @property {string} chromium
 * @property {string} extension folder of the extension, run in place unless `vsix` is there
 * @property {string | undefined} vsix package of the extension, installed into each profile
 */

/** A profile, a server and a browser that serve one window after the other. */
export class Stage {
  /** @param {Subject} subject @param {Profile} profile @param {import('./server.mjs').Server} server */
  constructor(subject, profile, server, /** @type {any} */ browser) {
    this.subject = subject;
    this.profile = profile;
    this.server = server;
    this.browser = browser;
    this.failed = false;
  }

  /** @param {Subject} subject @param {{ trust: boolean, env?: Record<string, string> }} options */
  static async set(subject, { trust, env = {} }) {
    const profile = new Profile({ trust });
    if (subject.vsix !== undefined) await installVsix(subject.edition, profile, subject.vsix);
    const server = await startServer(subject.edition, profile, {
      development: subject.vsix === undefined,
      env,
    });
    const browser = await launchBrowser(subject.edition, subject.chromium, profile);
    return new Stage(subject, profile, server, browser);
  }

  /** @param {string} folder @param {{ tests?: string }} options */
  address(folder, { tests } = {}) {
    return this.server.address(
      folder,
      this.subject.vsix === undefined ? { extension: this.subject.extension, tests } : {},
    );
  }

  openWindow() {
    return openWindow(this.browser);
  }

  /** Ends a window and its extension host, so that the next one has the machine. @param {Window} window */
  async closeWindow(window) {
    const hosts = this.server.extensionHosts();
    await window.close();
    await this.server.endExtensionHosts(hosts);
  }

  /** Prints what explains a failure, and keeps the profile. @param {string} name @param {Window} window */
  async explain(name, window) {
    this.failed = true;
    mkdirSync(failureShots, { recursive: true });
    const shot = path.join(failureShots, `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    const lines = [
      ...['--- server log', this.server.logTail()],
      ...['--- browser console', ...window.console.filter((line) => !line.includes(' INFO ')).slice(-30)],
    ];
    await window.page.screenshot({ path: shot, timeout: 10_000 }).then(
      () => lines.push(`--- screenshot ${shot}`),
      (/** @type {Error} */ error) => lines.push(`--- no screenshot: ${error.message}`),
    );
    console.log(lines.join('\n'));
  }

  async strike() {
    await Promise.race([this.browser.close(), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
    const left = await this.server.stop();
    for (const line of left) console.log(`ended a process that the extension left behind: ${line}`);
    if (this.failed) console.log(`the profile of the failed tests is kept: ${this.profile.home}`);
    else this.profile.remove();
  }
}
