import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess, processesNaming } from '../host/reaper.mjs';
import { putTinyModel, tinyConfig } from '../host/tiny-experiment.mjs';

/** @param {number} steps */
const config = (steps) => tinyConfig(steps, { more: `  eval_every: ${steps}\n  save_every: 20\n` });

/** The whole editor ends, while one run goes on and another one's job is killed as well. */
export default {
  name: 'restart',
  workspace: { 'long.dpo.yaml': config(900), 'short.dpo.yaml': config(300) },
  async run({ page, host, step, shot, ws }) {
    const runsFolder = path.join(ws, '.dpo/runs');
    const row = (/** @type {string | RegExp} */ label) =>
      page.locator('.sidebar .monaco-list-row').filter({ hasText: label }).first();
    const action = async (/** @type {any} */ item, /** @type {string} */ title) => {
      await item.hover();
      await item.locator(`.actions a[aria-label^="${title}"]`).click();
    };
    /** @param {string} name @param {string} file of a run of this experiment */
    const fileOf = (name, file) => {
      const json = (/** @type {string} */ id, /** @type {string} */ part) =>
        JSON.parse(readFileSync(path.join(runsFolder, id, part), 'utf8'));
      const id = readdirSync(runsFolder).find((one) => json(one, 'run.json').configFile.includes(name)) ?? '';
      return path.join(runsFolder, id, file);
    };
    const statusOf = (/** @type {string} */ name) =>
      JSON.parse(readFileSync(fileOf(name, 'status.json'), 'utf8'));

    await step('starts two runs', async () => {
      putTinyModel(ws);
      await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
      for (const name of ['long', 'short']) {
        await action(row(`${name}.dpo.yaml`), 'Train');
        await row(new RegExp(`${name}, beta.*[1-9]\\d*/`)).waitFor();
      }
      // So that it can be resumed from there.
      await until(() => existsSync(fileOf('short', 'checkpoints/20')));
    });

    /** Of the run that goes on: it is held while the editor starts, however long that takes. @type {number[]} */
    let trainers = [];
    const signal = (/** @type {NodeJS.Signals} */ name) => {
      for (const pid of trainers) endProcess(pid, name);
    };
    await step('goes on training while there is no editor', async () => {
      await host.runCommand('View: Show Explorer');
      await host.restart(async () => {
        process.kill(statusOf('short').handle.pid, 'SIGKILL');
        const before = statusOf('long').step;
        await until(() => statusOf('long').step > before);
        trainers = processesNaming('onnx-trainer.js', path.basename(fileOf('long', '')));
        assert.equal(trainers.length, 1);
        signal('SIGSTOP');
      });
    });

    await step('finds the run that goes on, and tells of the one whose job was killed', async () => {
      await page.locator('.statusbar-item', { hasText: '1 run' }).waitFor();
      await host.runCommand('View: Show DPO Lab');
      await row(/short, beta.*interrupted/).waitFor();
      assert.equal(statusOf('long').state, 'running');
      const steps = async () => Number(/(\d+)\/900/.exec((await row('long, beta').textContent()) ?? '')?.[1]);
      const seen = await steps();
      assert.ok(seen > 0);
      signal('SIGCONT');
      await until(async () => (await steps()) > seen || statusOf('long').state === 'completed');
      await shot('restarted');
    });

    await step('resumes that one, and both reach their end', async () => {
      await action(row('short, beta'), 'Resume Run');
      for (const name of ['short', 'long']) await until(() => statusOf(name).state === 'completed');
      await page.locator('.statusbar-item', { hasText: /\d runs?/ }).waitFor({ state: 'detached' });
      const lines = readFileSync(fileOf('short', 'metrics.jsonl'), 'utf8').trim().split('\n');
      const trained = lines.map((line) => JSON.parse(line)).filter(({ split }) => split === 'train');
      const numbers = trained.map((line) => line.step);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((a, b) => a - b),
      );
      assert.equal(numbers.at(-1), 300);
      await shot('restarted-done');
    });
  },
};

/** @param {() => boolean | Promise<boolean>} holds */
async function until(holds) {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `not so after two minutes: ${holds}`);
    await delay(100);
  }
}
