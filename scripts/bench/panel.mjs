import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { currentEdition } from '../../test/vscode/host/editions.mjs';
import { findProgram } from '../../test/vscode/host/system.mjs';
import { bundleOptions, root } from '../bundles.mjs';
import { temporaryFolder } from '../temporary-folder.mjs';
import { loadTypeScript } from '../typescript.mjs';
import { fillPanel } from './panel-in-page.mjs';
import { measureTensorBoard } from './panel-tensorboard.mjs';
import { scaled } from './scale.mjs';

const METRICS = [
  ...['loss', 'accuracy', 'log_ratio_chosen', 'log_ratio_rejected', 'log_ratio_margin'],
  ...['logp_chosen', 'logp_rejected', 'gradient_norm'],
];
const STEPS = scaled(125_000, 2_000);
const TALL = { width: 1200, height: 4400 };
const FRAMES = scaled(240, 10);
/** Seconds of watching a live run. */
const WATCHED = scaled(15, 2);
/** Points a second, all metrics together. */
const LIVE_POINTS = 100;

/**
 * The run panel in a real browser, with a million points.
 *
 * @param {import('../bench.mjs').Bench} bench
 */
export async function measurePanel({ print, fail }) {
  const program = findProgram('chromium');
  if (program === undefined || !existsSync(currentEdition().tools)) {
    return fail('NOT MEASURED: the browser of the tests is missing. Run: node test/vscode/install.mjs');
  }
  const outdir = path.join(root, '.cache/bench');
  await build(bundleOptions('panel', { production: true, outdir }));
  const { chromium } = createRequire(currentEdition().tools)('playwright-core');
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  try {
    print(`${await browser.version()}, 1,200 x 900 pixels, drawn without a graphics card`);
    const style = readFileSync(path.join(outdir, 'panel.css'), 'utf8');
    const script = readFileSync(path.join(outdir, 'panel.js'), 'utf8');
    const open = async (viewport = { width: 1200, height: 900 }) => {
      const page = await browser.newPage({ viewport });
      await page.setContent(editorHtml(style));
      await page.addScriptTag({ content: script });
      await page.evaluate(fillPanel);
      return page;
    };
    print(`${METRICS.length} series of ${STEPS.toLocaleString('en-US')} points`);
    const page = await open();
    const { paint, work } = await fill(page, STEPS);
    print(
      `  first paint after the data is there: ${paint.toFixed(0)} ms, ${work.toFixed(0)} ms of a processor; target 500 ms`,
    );
    for (const what of ['zoom', 'pan', 'cursor']) {
      const { intervals, work: each } = await frames(page, what);
      print(
        `  ${what}: frames every ${at(intervals, 0.5)} ms median, ${at(intervals, 0.99)} ms 99th percentile; the page works ${each.toFixed(1)} ms for each; target 16.7 ms`,
      );
    }
    print(`  ${LIVE_POINTS} more points a second: ${await live(browser, page)}; target 5 %`);
    await page.close();

    const short = await open();
    await fill(short, 300);
    print(`  the same where the run has 300 steps: ${await live(browser, short)}`);
    await short.close();

    print('from opening to all charts drawn, 1,200 x 4,400 pixels, so that all are within sight');
    const own = await openedAndDrawn(open);
    print(
      `  metrics.jsonl read in ${own.read.toFixed(0)} ms; then ${own.drawn.toFixed(0)} ms from opening the panel to its last chart`,
    );
    const peer = { metrics: METRICS, steps: STEPS, viewport: TALL };
    await measureTensorBoard(browser, peer, { print, fail });
  } finally {
    await browser.close();
  }
}

/**
 * Milliseconds that a feed takes to read the run, and an empty page to show it.
 *
 * @param {(viewport: { width: number, height: number }) => Promise<any>} open
 */
async function openedAndDrawn(open) {
  const folder = temporaryFolder('dpo-lab-bench-');
  writeFileSync(path.join(folder, 'metrics.jsonl'), metricsLines());
  const { RunFeed } = await loadTypeScript('src/node/panels/run-feed.ts');
  const start = performance.now();
  await new RunFeed(folder, () => {}).refresh();
  const read = performance.now() - start;
  const opened = performance.now();
  const page = await open(TALL);
  const opening = performance.now() - opened;
  const { paint } = await fill(page, STEPS);
  await page.close();
  return { read, drawn: opening + paint };
}

function metricsLines() {
  let lines = '';
  for (let step = 1; step <= STEPS; step++) {
    const values = METRICS.map((name, index) => [
      name,
      Math.exp(-step / 40_000) + ((step * (index + 7919)) % 1000) / 1000,
    ]);
    lines += `${JSON.stringify({ step, time: step, split: 'train', values: Object.fromEntries(values) })}\n`;
  }
  return lines;
}

/**
 * Milliseconds until the points are seen, and of the page's main thread.
 *
 * @param {any} page
 * @param {number} steps
 */
async function fill(page, steps) {
  await page.evaluate((/** @type {any} */ task) => /** @type {any} */ (window).bench.prepare(task), {
    metrics: METRICS,
    steps,
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await tasks(session);
  const paint = await page.evaluate(() => /** @type {any} */ (window).bench.fill());
  const work = (await tasks(session)) - before;
  await session.detach();
  return { paint, work };
}

/** @param {any} page @param {string} what */
async function frames(page, what) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await tasks(session);
  const intervals = await page.evaluate(
    (/** @type {any} */ task) => /** @type {any} */ (window).bench.frames(task),
    { what, count: FRAMES },
  );
  const work = ((await tasks(session)) - before) / FRAMES;
  await session.detach();
  return { intervals, work };
}

/**
 * Shares of one processor: the page's main thread, and all of the browser's processes.
 *
 * @param {any} browser
 * @param {any} page
 */
async function live(browser, page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const processes = await browser.newBrowserCDPSession();
  const [workBefore, processorBefore, start] = [
    await tasks(session),
    await processorTime(processes),
    Date.now(),
  ];
  await page.evaluate((/** @type {any} */ task) => /** @type {any} */ (window).bench.live(task), {
    metrics: METRICS,
    seconds: WATCHED,
    stepsPerSecond: LIVE_POINTS / METRICS.length,
  });
  const wall = Date.now() - start;
  const work = (await tasks(session)) - workBefore;
  const { renderer, all } = difference(await processorTime(processes), processorBefore);
  await session.detach();
  return `${percent(work / wall)} of a processor for the page's main thread, ${percent(renderer / wall)} for its process, ${percent(all / wall)} with the rest of the browser`;
}

/** Milliseconds that the main thread had a processor. @param {any} session */
async function tasks(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * metrics.find((/** @type {any} */ { name }) => name === 'TaskDuration').value;
}

/** Milliseconds that each process took so far. @param {any} session @returns {Promise<{ type: string, id: number, time: number }[]>} */
async function processorTime(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.map((/** @type {any} */ { type, id, cpuTime }) => ({ type, id, time: 1000 * cpuTime }));
}

/**
 * @param {{ type: string, id: number, time: number }[]} after
 * @param {{ type: string, id: number, time: number }[]} before
 */
function difference(after, before) {
  const grown = after.map(({ type, id, time }) => ({
    type,
    time: time - (before.find((other) => other.id === id)?.time ?? time),
  }));
  const sum = (/** @type {typeof grown} */ some) => some.reduce((total, { time }) => total + time, 0);
  return { renderer: sum(grown.filter(({ type }) => type === 'renderer')), all: sum(grown) };
}

/** @param {number[]} values @param {number} share */
function at(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/** @param {string} style */
function editorHtml(style) {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>${style}</style></head>
<body class="vscode-light" data-vscode-theme-kind="vscode-light">
<script>window.acquireVsCodeApi = () => ({ postMessage() {}, getState() {}, setState() {} });</script></body></html>`;
}
