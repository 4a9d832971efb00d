import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const HOUR = 3_600_000;
const NOW = Date.now();
const PLACE = { configFile: '', baseFolder: '', dataFolder: '' };

/** @param {number} ago milliseconds @param {number} beta @param {string} chance */
const idOf = (ago, beta, chance) => {
  const stamp = new Date(NOW - ago).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-beta${beta}-${chance}`;
};

/**
 * A run folder as job and trainer write it.
 *
 * @param {string} config @param {number} ago @param {number} beta @param {string} chance
 * @param {{ status: object, train?: object, held?: object, alarms?: object[], sweep?: string, samples?: object[] }} what
 */
function run(config, ago, beta, chance, { status, train, held, alarms = [], sweep, samples }) {
  const id = idOf(ago, beta, chance);
  const time = NOW - ago;
  const folder = `.dpo/runs/${id}`;
  const lines = (/** @type {object[]} */ values) =>
    values.map((value) => `${JSON.stringify(value)}\n`).join('');
  return {
    [`${folder}/run.json`]: JSON.stringify({
      format: 1,
      id,
      created: time,
      ...(sweep && { sweep }),
      backend: 'onnx',
      config: { objective: { beta }, training: { seed: 0 } },
      ...PLACE,
      configFile: `/work/${config}.dpo.yaml`,
      configText: '',
      configHash: '',
      versions: { 'dpo-lab': '0.1.0', node: '20.19.0' },
    }),
    [`${folder}/status.json`]: JSON.stringify({
      format: 1,
      host: os.hostname(),
      heartbeat: NOW,
      started: time,
      step: 0,
      ...status,
    }),
    [`${folder}/metrics.jsonl`]: lines([
      ...(train ? [{ step: 1, time, split: 'train', values: train }] : []),
      ...(held ? [{ step: 1, time, split: 'eval', values: held }] : []),
    ]),
    [`${folder}/events.jsonl`]: lines(alarms.map((alarm) => ({ time, kind: 'alarm', ...alarm }))),
    [`${folder}/trainer.jsonl`]: lines([
      { time, kind: 'plan', totalSteps: 400, pairs: 2312, evalPairs: 128, device: 'processor, 8 threads' },
      ...(samples ? [{ time, kind: 'samples', step: 400, samples }] : []),
    ]),
  };
}

const good = { loss: 0.41, log_ratio_margin: 12.31, accuracy: 0.85, tokens_per_second: 5210 };
const held = {
  loss: 0.47,
  log_ratio_margin: 9.6,
  accuracy: 0.81,
  eos_drift: -0.42,
  win_rate: 0.56,
  ended: 0.97,
};
const SWEEP = 'sweep-going-on';
const DONE = { state: 'completed', step: 400, totalSteps: 400, ended: NOW };
const LIVE = { state: 'running', totalSteps: 400, pid: process.pid };

const DEGENERATE = {
  code: 'RUN006',
  severity: 'error',
  step: 180,
  message:
    'Only 31 % of the generated texts end by themselves; at the start 98 % did. Beta is too small: the policy has pushed the end-of-sequence token down.',
};

const RUNS = {
  ...run('goldilocks', 0.1 * HOUR, 0.1, 'aa01', {
    status: { ...DONE, step: 400 },
    train: good,
    held,
    sweep: SWEEP,
  }),
  ...run('goldilocks', 0.1 * HOUR, 0.05, 'aa02', {
    status: { ...LIVE, step: 212, remaining: 240_000 },
    train: { ...good, log_ratio_margin: 21.7 },
    held,
    sweep: SWEEP,
  }),
  ...run('goldilocks', 0.1 * HOUR, 0.005, 'aa03', {
    status: { ...LIVE, step: 188, remaining: 275_000 },
    train: { ...good, log_ratio_margin: 143.2, accuracy: 0.97 },
    held: { ...held, eos_drift: -6.3 },
    alarms: [DEGENERATE],
    sweep: SWEEP,
  }),
  ...run('goldilocks', 0.1 * HOUR, 0.001, 'aa04', {
    status: { state: 'queued', pid: process.pid },
    sweep: SWEEP,
  }),
  ...run('mistral-7b-sft-beta', 3 * HOUR, 0.01, 'bb01', {
    status: {
      state: 'failed',
      step: 37,
      totalSteps: 400,
      ended: NOW - 2.5 * HOUR,
      error:
        'The disk is full: /work/.dpo/runs could not be written. Free space and resume the run; it goes on from step 30.',
    },
    train: { ...good, accuracy: 0.61, log_ratio_margin: 1.2 },
  }),
  ...run('tulu', 26 * HOUR, 0.02, 'cc01', {
    status: { ...LIVE, step: 90, pid: 2 ** 22 - 3, heartbeat: NOW - 20 * HOUR },
    train: good,
  }),
  ...run('tulu', 27 * HOUR, 0.05, 'cc02', {
    status: { ...DONE, state: 'stopped', step: 120, ended: NOW - 26.5 * HOUR },
    train: good,
  }),
  ...run('first', 50 * HOUR, 0.02, 'dd01', {
    status: { ...DONE, ended: NOW - 49.6 * HOUR },
    train: good,
    held,
    samples: [
      {
        prompt: 'Why is the sky blue?',
        policy: {
          text: 'Air scatters blue light more than red light.\n\nThat is why | the *sky* looks blue.',
          tokens: 21,
          ended: true,
          score: 0.91,
        },
        reference: {
          text: 'The sky is blue because it is blue. '.repeat(5),
          tokens: 64,
          ended: false,
          score: 0.22,
        },
      },
    ],
  }),
};

/** Nothing is asserted about colours: the pictures are for looking at. */
export default {
  name: 'appearance of runs',
  workspace: {
    ...RUNS,
    'goldilocks.dpo.yaml': 'model: org/model-135m\ndata:\n  train: org/data\nobjective:\n  beta: 0.05\n',
  },
  async run({ page, host, step, shot, ws }) {
    const row = (/** @type {string | RegExp} */ label) =>
      page.locator('.sidebar .monaco-list-row').filter({ hasText: label }).first();
    const keepAlive = setInterval(() => {
      for (const chance of ['0.05-aa02', '0.005-aa03', '0.001-aa04']) {
        const [beta = ''] = chance.split('-');
        const file = path.join(
          ws,
          '.dpo/runs',
          idOf(0.1 * HOUR, Number(beta), chance.slice(-4)),
          'status.json',
        );
        const text = RUNS[path.relative(ws, file)] ?? '{}';
        writeFileSync(file, JSON.stringify({ ...JSON.parse(text), heartbeat: Date.now() }));
      }
    }, 1000);
    try {
      await step('lists runs in every state', async () => {
        await page.locator('.activitybar a[aria-label^="DPO Lab"]').click();
        await row('goldilocks, 4 arms').waitFor();
        for (const words of ['texts stop ending', 'queued', 'failed', 'interrupted', 'stopped'])
          await row(words).waitFor();
        await page.locator('.statusbar-item', { hasText: '3 runs, 8 min left' }).waitFor();
        await page.locator('.activitybar .badge', { hasText: '1' }).first().waitFor();
      });
      for (const [theme, name] of Object.entries(THEMES)) {
        await step(`looks right in ${theme}`, async () => {
          await host.setTheme(/** @type {any} */ (theme));
          await rest(page, row('beta 0.005'), 'Beta is too small');
          await shot(`runs-${name}`);
          await rest(page, row('mistral-7b-sft-beta'), 'disk is full');
          await shot(`runs-failed-${name}`);
          await page.mouse.move(900, 600);
        });
      }
      await step('shows the environment', async () => {
        await host.setTheme('Default Dark Modern');
        await host.runCommand('DPO Lab: Check Environment');
        await row('Processor').waitFor();
        await row(/NVIDIA GPU/).waitFor();
        await page.waitForTimeout(1000);
        await shot('environment');
      });
      await step('shows a run', async () => {
        await row('first, beta 0.02').hover();
        await row('first, beta 0.02').locator('.actions a[aria-label="Open Run"]').click();
        await host.webview().getByText('Air scatters blue light').first().waitFor();
        await shot('run-panel-samples');
      });
    } finally {
      clearInterval(keepAlive);
    }
  },
};

/**
 * Rests the pointer on a row until its hover is there: a row that is drawn anew meanwhile loses it.
 *
 * @param {any} page @param {any} row @param {string} text
 */
async function rest(page, row, text) {
  const hover = page.locator('.monaco-hover', { hasText: text });
  for (let attempt = 0; attempt < 5; attempt++) {
    await page.mouse.move(900, 600);
    await row.hover();
    const came = await hover.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (came) break;
  }
  await hover.waitFor();
  // It fades in even with reduced motion.
  await page.waitForTimeout(400);
}

const THEMES = {
  'Default Dark Modern': 'dark',
  'Default Light Modern': 'light',
  'Default High Contrast': 'hc-dark',
  'Default High Contrast Light': 'hc-light',
};
