// Behaves as the torch trainer does, without a model: node scripted-torch.mjs RUN_FOLDER... trains these runs in turn.
// The run's config text names what it does, in a comment `# plays: completes`.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const STEPS = 5;
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
/** What accelerate and torchrun print, from a real run. @type {Record<string, string>} */
const LAST_WORDS = {
  'meets a port in use':
    'ConnectionError: Tried to launch distributed communication on port `29500`, but another process is utilizing it.',
  'loses a process': 'traceback : Signal 9 (SIGKILL) received by PID 6894\n=====',
};
let signalled = false;
process.on('SIGTERM', () => {
  signalled = true;
});

/** @param {string} file */
function json(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** @param {string} folder */
async function train(folder) {
  const file = (/** @type {string} */ name) => path.join(folder, name);
  // A run that was stopped while it waited may be another job's by now.
  if (json(file('status.json'))?.handle?.pid !== Number(process.env.DPO_LAB_JOB)) return;
  const { configText, id } = json(file('run.json'));
  const scenario = /# plays: (.*)/.exec(configText)?.[1] ?? '';
  const append = (/** @type {string} */ name, /** @type {object} */ line) =>
    appendFileSync(file(name), `${JSON.stringify({ time: Date.now(), ...line })}\n`);
  const say = (/** @type {object} */ line) => append('trainer.jsonl', line);
  const isStopped = () => {
    const control = json(file('control.json'));
    return signalled || (control?.run === id && control.request === 'stop');
  };
  writeFileSync(file('trainer.pid'), String(process.pid));
  say({ kind: 'phase', phase: 'loading' });
  if (scenario === 'is not supported') {
    say({ kind: 'failed', message: 'This TRL does not offer the loss odpo. Write another loss.' });
    process.exitCode = 1;
    return;
  }
  if (scenario in LAST_WORDS) {
    console.error(LAST_WORDS[scenario]);
    process.exit(1);
  }
  say({ kind: 'plan', totalSteps: STEPS, pairs: 40, evalPairs: 4, device: 'script' });
  say({ kind: 'phase', phase: 'training' });
  const isEndless = scenario === 'goes on' || scenario === 'is deaf';
  for (let step = 1; isEndless || step <= STEPS; step++) {
    append('metrics.jsonl', { step, split: 'train', values: { loss: 0.5, epoch: step / STEPS } });
    console.log(`step ${step} of ${id}`);
    if (scenario === 'dies' && step === 2) process.kill(process.pid, 'SIGKILL');
    if (scenario !== 'is deaf' && isStopped()) {
      mkdirSync(file(`checkpoints/${step}`), { recursive: true });
      return say({ kind: 'stopped', step });
    }
    await pause();
  }
  say({ kind: 'completed', step: STEPS });
}

for (const folder of process.argv.slice(2)) if (!signalled) await train(folder);
process.exit();
