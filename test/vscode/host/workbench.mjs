import { HarnessError } from './system.mjs';

/** Limit of each wait: far above what a slow machine needs, since a wait ends as soon as its condition holds. */
const waitMs = 60_000;

/** Colour themes of every VS Code, and the mark each leaves on the workbench. */
const themes = {
  'Default Dark Modern': 'vs-dark',
  'Default Light Modern': 'vs',
  'Default High Contrast': 'hc-black',
  'Default High Contrast Light': 'hc-light',
};

/**
 * @typedef {object} Problem one row of the Problems view
 * @property {string} severity error, warning or info
 * @property {string} message
 * @property {string} source
 * @property {string} code
 * @property {string} position as shown, "[Ln 1, Col 1]"
 */

/** What a user does with one window. */
export class Workbench {
  /**
   * @param {import('./browser.mjs').Window} window
   * @param {import('./server.mjs').Server} server
   * @param {string} address of the workspace, from `server.address`
   */
  constructor(window, server, address) {
    this.page = window.page;
    this.server = server;
    this.address = address;
    this.page.setDefaultTimeout(waitMs);
  }

  /** Opens the window and waits until the explorer and the status bar are there. */
  async open() {
    await this.page.goto(this.address);
    await this.#ready();
  }

  /** By the command: loading the page anew by other means loses what the window has not saved of its editors yet. */
  async reload() {
    const hosts = this.server.extensionHosts();
    await Promise.all([this.page.waitForEvent('load'), this.runCommand('Developer: Reload Window')]);
    await this.server.endExtensionHosts(hosts);
    await this.#ready();
  }

  /**
   * The whole editor is killed, and opened again.
   *
   * @param {() => Promise<void>} meanwhile done while there is no editor
   */
  async restart(meanwhile) {
    await this.server.kill();
    await this.page.goto('about:blank');
    await meanwhile();
    await this.server.startAgain();
    await this.page.goto(this.address);
    // Which view it showed last it may not have had the time to note.
    await this.#ready('.sidebar .pane-header');
  }

  /** @param {string} title as in the command palette, with its category: "DPO Lab: Start Run" */
  async runCommand(title) {
    const widget = this.page.locator('.quick-input-widget');
    const row = widget
      .locator('.monaco-list-row')
      .filter({ has: exactly(this.page.locator('.label-name'), title) });
    const deadline = Date.now() + waitMs;
    // More than once: F1 is lost while an earlier quick input fades out, and an extension's commands appear late.
    for (;;) {
      try {
        await this.page.keyboard.press('F1');
        await widget.locator('.quick-input-box input').fill(`>${title}`, { timeout: 3000 });
        await row.first().click({ timeout: 5000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) throw new HarnessError(`the command palette has no "${title}": ${error}`);
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Opens a file through the explorer. @param {string} file path inside the workspace, with `/` */
  async openFile(file) {
    const explorer = this.page.locator('.explorer-folders-view');
    if (!(await explorer.isVisible())) await this.runCommand('View: Show Explorer');
    const folders = file.split('/');
    const name = /** @type {string} */ (folders.pop());
    for (const [depth, folder] of folders.entries()) {
      const row = this.#explorerRow(folder, depth + 1);
      if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
    }
    await this.#explorerRow(name, folders.length + 1).dblclick();
    await this.page
      .locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`)
      .waitFor();
  }

  /**
   * Reads the Problems view. It draws only the rows in sight, about ten; check long lists inside the host.
   *
   * @param {number} count of problems to wait for
   * @returns {Promise<Problem[]>}
   */
  async problems(count) {
    await this.runCommand('Problems: Focus on Problems View');
    const rows = this.page.locator('.markers-panel .monaco-list-row[aria-level="2"]');
    if (count > 0) await rows.nth(count - 1).waitFor();
    // Exactly that many: the row after the last one must go, too.
    await rows.nth(count).waitFor({ state: 'detached' });
    return rows.evaluateAll((/** @type {Element[]} */ elements) =>
      elements.map((element) => {
        const text = (/** @type {string} */ part) => element.querySelector(part)?.textContent ?? '';
        const severity = ['error', 'warning', 'info'].find((kind) =>
          element.querySelector(`.marker-icon.${kind}`),
        );
        return {
          severity: severity ?? '',
          message: text('.marker-message'),
          source: text('.marker-source'),
          code: text('.marker-code'),
          position: text('.marker-line'),
        };
      }),
    );
  }

  /** @param {string | RegExp} text @returns a line in sight of an editor; its no-break spaces match spaces */
  editorLine(text) {
    return this.page.locator('.editor-instance .view-line').filter({ hasText: text }).first();
  }

  /**
   * Waits for a notification in the notification centre: a server that runs an extension from its folder shows no
   * toasts on current VS Code versions.
   *
   * @param {string | RegExp} text
   */
  async notification(text) {
    const row = this.page
      .locator('.notifications-center .notification-list-item')
      .filter({ hasText: text })
      .first();
    const deadline = Date.now() + waitMs;
    // More than once: the centre does not open while there is no notification.
    for (;;) {
      await this.runCommand('Notifications: Show Notifications');
      if (await appears(row, 2000)) return row;
      if (Date.now() > deadline) throw new HarnessError(`no notification says ${text}`);
    }
  }

  /** @returns the document of the webview that was opened last */
  webview() {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');
  }

  /** @param {keyof typeof themes} name */
  async setTheme(name) {
    this.server.profile.changeSettings({ 'workbench.colorTheme': name });
    await this.page.locator(`.monaco-workbench.${themes[name]}`).waitFor();
  }

  async #ready(view = '.explorer-folders-view') {
    for (const part of ['.monaco-workbench', '.statusbar-item', view]) {
      await this.page.locator(part).first().waitFor();
    }
  }

  /** @param {string} name @param {number} level */
  #explorerRow(name, level) {
    return this.page
      .locator(`.explorer-folders-view .monaco-list-row[aria-level="${level}"]`)
      .filter({ has: exactly(this.page.locator('.label-name'), name) })
      .first();
  }
}

/** @param {any} locator @param {string} text */
function exactly(locator, text) {
  return locator.filter({ hasText: new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`) });
}

/** @param {any} locator @param {number} timeout */
function appears(locator, timeout) {
  return locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
}
