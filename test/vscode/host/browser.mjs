import { createRequire } from 'node:module';

/** @typedef {import('./editions.mjs').Edition} Edition */
/** @typedef {import('./profile.mjs').Profile} Profile */

/**
 * @param {Edition} edition
 * @param {string} executablePath
 * @param {Profile} profile whose home the browser writes to
 */
export function launchBrowser(edition, executablePath, profile) {
  const { chromium } = createRequire(edition.tools)('playwright-core');
  return chromium.launch({
    executablePath,
    env: profile.environment(),
    args: [
      // No name resolves: what slips past the request filter of a page cannot leave the machine either.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** One window: a page in a browser context of its own, fenced so that only loopback addresses are reached. */
export class Window {
  /** @param {any} context @param {any} page */
  constructor(context, page) {
    this.context = context;
    this.page = page;
    /** @type {Set<string>} refused requests, method and address */
    this.outside = new Set();
    /** @type {string[]} */
    this.console = [];
  }

  /** Ends the window as a user would, so that its extension host ends with it. */
  async close() {
    try {
      await this.page.goto('about:blank', { timeout: 10_000 });
    } finally {
      await this.context.close();
    }
  }
}

/** @param {any} browser a playwright Browser */
export async function openWindow(browser) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const window = new Window(context, page);
  await context.route(isOutside, (/** @type {any} */ route) => {
    window.outside.add(`${route.request().method()} ${route.request().url().slice(0, 200)}`);
    return route.abort();
  });
  // Only noted: playwright's routing of web sockets reorders large messages, which breaks the workbench at random. The
  // resolver rules of the browser keep such a socket from being opened.
  page.on('websocket', (/** @type {any} */ socket) => {
    if (isOutside(new URL(socket.url()))) window.outside.add(`WebSocket ${socket.url().slice(0, 200)}`);
  });
  page.on('console', (/** @type {any} */ message) =>
    window.console.push(`[${message.type()}] ${message.text()}`),
  );
  page.on('pageerror', (/** @type {any} */ error) => window.console.push(`[page error] ${error}`));
  // Unsaved editors ask before a page goes away; nobody is here to answer.
  page.on('dialog', (/** @type {any} */ dialog) => dialog.accept().catch(() => {}));
  return window;
}

/** @param {URL} address */
function isOutside({ protocol, hostname }) {
  const network = ['http:', 'https:', 'ws:', 'wss:'].includes(protocol);
  return network && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
