import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { harnessRoot } from '../host/paths.mjs';
import { Stage } from '../host/stage.mjs';
import { HarnessError } from '../host/system.mjs';
import { Workbench } from '../host/workbench.mjs';

/**
 * @typedef {object} SpecContext
 * @property {any} page the playwright page
 * @property {Workbench} host what a user does: open a file, run a command, read the problems
 * @property {(name: string, action: () => Promise<void>) => Promise<void>} step one test, reported by its name
 * @property {(name: string) => Promise<void>} shot a picture, where pictures are asked for
 * @property {string} ws path of the workspace folder, a copy for this spec alone
 * @property {string} extensions folder of the extensions that are installed
 *
 * @typedef {object} Spec
 * @property {string} name
 * @property {string | Record<string, string>} workspace folder to copy, relative to the spec, or the text of each file
 * @property {Record<string, unknown>} [settings] user settings added to the usual ones
 * @property {boolean} [trusted] false: the workspace opens in Restricted Mode
 * @property {boolean} [installed] about an installed package, so that it is run with --vsix alone
 * @property {() => string | undefined} [needs] what this machine lacks for it, in words: then it is skipped
 * @property {number} [limitMs] time for the whole spec
 * @property {(context: SpecContext) => Promise<void>} run
 */

const specFolder = path.join(harnessRoot, 'e2e');

/**
 * @param {import('../host/stage.mjs').Subject} subject
 * @param {import('../host/report.mjs').Report} report
 * @param {{ grep: string, screenshots?: string }} options
 */
export async function runSpecs(subject, report, { grep, screenshots }) {
  const files = readdirSync(specFolder).filter((file) => file.endsWith('.spec.mjs'));
  /** @type {Spec[]} */
  const specs = await Promise.all(
    files.sort().map(async (file) => (await import(pathToFileURL(path.join(specFolder, file)).href)).default),
  );
  const chosen = specs.filter(
    (spec) => spec.name.includes(grep) && (!spec.installed || subject.vsix !== undefined),
  );
  for (const trust of [true, false]) {
    const here = chosen.filter((spec) => (spec.trusted ?? true) === trust);
    if (here.length === 0) continue;
    const stage = await Stage.set(subject, { trust });
    try {
      for (const spec of here) await runSpec(spec, stage, report, screenshots);
    } finally {
      await stage.strike();
    }
  }
}

/**
 * @param {Spec} spec
 * @param {Stage} stage
 * @param {import('../host/report.mjs').Report} report
 * @param {string | undefined} screenshots
 */
async function runSpec(spec, stage, report, screenshots) {
  const lack = spec.needs?.();
  if (lack !== undefined) {
    report.skip(spec.name, lack);
    return;
  }
  const { workspace, limitMs = 300_000 } = spec;
  const content = typeof workspace === 'string' ? path.resolve(specFolder, workspace) : workspace;
  const ws = stage.profile.makeWorkspace('workspace', content);
  stage.profile.resetSettings(spec.settings);
  const window = await stage.openWindow();
  const host = new Workbench(window, stage.server, stage.address(ws));
  let current = 'opens the workspace';
  /** @type {SpecContext['step']} */
  const step = async (name, action) => {
    current = name;
    const started = Date.now();
    await action();
    report.ok(`${spec.name} > ${name}`, Date.now() - started);
    current = 'between two steps';
  };
  /** @type {SpecContext['shot']} */
  const shot = async (name) => {
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await window.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  };
  try {
    await withLimit(limitMs, async () => {
      await step(current, () => host.open());
      await spec.run({ page: window.page, host, step, shot, ws, extensions: stage.profile.extensions });
    });
    await step('asks no address outside this machine', async () => {
      if (window.outside.size > 0) throw new HarnessError([...window.outside].join('\n'));
    });
  } catch (error) {
    report.fail(`${spec.name} > ${current}`, error);
    await stage.explain(spec.name, window);
  }
  try {
    await stage.closeWindow(window);
  } catch (error) {
    report.fail(`${spec.name} > closes the window`, error);
  }
}

/** @param {number} limitMs @param {() => Promise<void>} work */
async function withLimit(limitMs, work) {
  const running = work();
  // After the limit the window is closed, which makes this fail once more, unheard.
  running.catch(() => {});
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new HarnessError(`not done after ${limitMs / 1000} s`)), limitMs);
  });
  await Promise.race([running, limit]).finally(() => clearTimeout(timer));
}
