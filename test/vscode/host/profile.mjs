import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Settings of every test: nothing that pops up by itself, asks the network or changes with the hour. */
const quiet = {
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'explorer.compactFolders': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'update.mode': 'none',
  'window.autoDetectColorScheme': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** One user's whole state (home, settings, extensions, workspaces), in a folder that goes away with the test run. */
export class Profile {
  /** @param {{ trust: boolean }} options trust: every folder is trusted; else each starts in Restricted Mode */
  constructor({ trust }) {
    this.trust = trust;
    this.home = mkdtempSync(path.join(os.tmpdir(), 'dpo-lab-vscode-'));
    this.userData = path.join(this.home, 'user-data');
    this.extensions = path.join(this.home, 'extensions');
    this.serverLog = path.join(this.home, 'server.log');
    this.userSettingsFile = path.join(this.userData, 'User', 'settings.json');
    this.machineSettingsFile = path.join(this.userData, 'Machine', 'settings.json');
    for (const file of [this.userSettingsFile, this.machineSettingsFile]) {
      mkdirSync(path.dirname(file), { recursive: true });
    }
    mkdirSync(this.extensions);
    writeFileSync(path.join(this.home, 'config.yaml'), '');
    this.resetSettings();
  }

  /** Settings for the next window. @param {Record<string, unknown>} settings added to the usual ones */
  resetSettings(settings = {}) {
    const trust = { 'security.workspace.trust.enabled': !this.trust };
    this.#write(this.userSettingsFile, { ...quiet, ...trust, ...settings });
    this.#write(this.machineSettingsFile, {});
  }

  /**
   * Changes settings of a running window, the colour theme for one. They are written as settings of the machine, which
   * win over the user's: code-server's windows watch that file and do not watch the user's.
   *
   * @param {Record<string, unknown>} settings
   */
  changeSettings(settings) {
    const now = JSON.parse(readFileSync(this.machineSettingsFile, 'utf8'));
    this.#write(this.machineSettingsFile, { ...now, ...settings });
  }

  /**
   * Makes a folder to open.
   *
   * @param {string} name
   * @param {string | Record<string, string>} content a folder to copy, or the text of each file
   * @returns {string} its path
   */
  makeWorkspace(name, content) {
    const parent = path.join(this.home, 'workspaces');
    mkdirSync(parent, { recursive: true });
    const folder = path.join(mkdtempSync(path.join(parent, 'w-')), name);
    if (typeof content === 'string') cpSync(content, folder, { recursive: true });
    else mkdirSync(folder);
    for (const [file, text] of typeof content === 'string' ? [] : Object.entries(content)) {
      const target = path.join(folder, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    return folder;
  }

  /** @param {string} file @param {Record<string, unknown>} settings */
  #write(file, settings) {
    writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
  }

  remove() {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Environment of everything that runs in this profile. @param {Record<string, string>} extra */
  environment(extra = {}) {
    return {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      TERM: 'xterm',
      HOME: this.home,
      TMPDIR: this.home,
      XDG_CACHE_HOME: this.home,
      XDG_CONFIG_HOME: this.home,
      XDG_DATA_HOME: this.home,
      XDG_RUNTIME_DIR: this.home,
      ...extra,
    };
  }
}
