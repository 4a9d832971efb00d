// node fake-trainer.mjs SECONDS RUN_FOLDER: logs a line of metrics every so many seconds, and ends when it is asked to.
import { appendFileSync } from 'node:fs';
import path from 'node:path';

const [seconds = '1', folder = ''] = process.argv.slice(2);

/** @param {string} name @param {object} line */
const append = (name, line) => appendFileSync(path.join(folder, name), `${JSON.stringify(line)}\n`);
const say = (/** @type {object} */ line) => append('trainer.jsonl', { time: Date.now(), ...line });

let step = 0;
function log() {
  step++;
  // The loss tells the reader which step it has seen.
  const values = {
    loss: step,
    accuracy: 0.75,
    log_ratio_margin: step / 100,
    gradient_norm: 1,
    epoch: step / 1000,
  };
  append('metrics.jsonl', { step, time: Date.now(), split: 'train', values });
}

process.on('SIGTERM', () => {
  say({ kind: 'stopped', step });
  process.exit(0);
});
say({ kind: 'plan', totalSteps: 100_000, pairs: 1000, evalPairs: 100, device: 'none' });
say({ kind: 'phase', phase: 'training' });
// Runs that start together do not log together.
setTimeout(() => {
  log();
  setInterval(log, 1000 * Number(seconds));
}, 1000 * Math.random());
