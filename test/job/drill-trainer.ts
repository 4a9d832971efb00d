// node drill-trainer.cjs RUN_FOLDER: writes what the real trainer writes, by the same code, without a model. The run's
// config text names what goes wrong at step 7 of its first attempt, in a comment `# plays: steady`.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Checkpoints, newestCheckpoint, removeUnfinished } from '../../src/trainer/checkpoint';
import { RunLog } from '../../src/trainer/run-log';
import { Requests } from '../../src/trainer/stop';

const STEPS = 24;
const WRONG = 7;

const folder = process.argv[2] ?? '';
const run = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'));
const drill = /# plays: (.*)/.exec(run.configText)?.[1] ?? '';
const isFirst = readdirSync(path.join(folder, 'attempts')).length === 1;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

/** What goes wrong, each in its way. */
const DRILLS: Readonly<Record<string, () => void | Promise<void>>> = {
  steady: () => {},
  'dies in a line': () => {
    appendFileSync(path.join(folder, 'metrics.jsonl'), '{"step":8,"time":17');
    die();
  },
  'floods and dies': () => {
    const block = `${'x'.repeat(1023)}\n`.repeat(1024);
    for (let megabyte = 0; megabyte < 50; megabyte++) writeSync(1, block);
    writeSync(2, 'the last words\n');
    die();
  },
  'ends without a word': () => process.exit(0),
  'goes silent': () => new Promise(() => setInterval(() => {}, 1000)),
  'is deaf': async () => {
    process.removeAllListeners('SIGTERM').on('SIGTERM', () => {});
    await new Promise(() => setInterval(() => {}, 1000));
  },
  'has children': () => {
    const endless = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
    const child = spawn(process.execPath, ['-e', endless, folder], { stdio: 'ignore' });
    child.unref();
    return new Promise(() => setInterval(() => {}, 1000));
  },
  'fills the disk': () => {
    for (let block = 64 * 1024; block > 0; block = Math.floor(block / 2)) {
      try {
        for (;;) appendFileSync(path.join(folder, 'filler'), Buffer.alloc(block));
      } catch {
        // Smaller ones still fit.
      }
    }
  },
};

async function train(): Promise<void> {
  const requests = new Requests(folder, run.id);
  await removeUnfinished(folder);
  const from = await newestCheckpoint(folder);
  const log = RunLog.open(folder, from ?? -1);
  const checkpoints = new Checkpoints(folder, 'drill', 2);
  // Each step changes it in a way of its own: a step that was left out or done twice shows in the end.
  let parameters = new Float32Array(64);
  const save = async (step: number): Promise<void> => {
    const zeros = new Float32Array(64);
    const state = { parameters, firstMoments: zeros, secondMoments: zeros };
    await checkpoints.write({ step, state, evaluationDue: false });
    log.say({ kind: 'checkpoint', step });
  };
  log.say({ kind: 'phase', phase: 'loading' });
  log.say({ kind: 'plan', totalSteps: STEPS, pairs: 40, evalPairs: 4, device: 'drill' });
  if (from !== undefined) {
    parameters = new Float32Array((await checkpoints.read(from)).state.parameters);
    log.say({ kind: 'resumed', step: from });
  }
  log.say({ kind: 'phase', phase: 'training' });
  for (let step = (from ?? 0) + 1; step <= STEPS; step++) {
    await delay(2);
    if (requests.next() === 'stop') {
      if (step - 1 > (from ?? 0)) await save(step - 1);
      return log.say({ kind: 'stopped', step: step - 1 });
    }
    parameters = parameters.map((value, index) => (5 * value + step + index) % 8191);
    log.metrics('train', step, { loss: 0.5, accuracy: 0.75, gradient_norm: 1, epoch: step / STEPS });
    if (step === WRONG && isFirst) await DRILLS[drill]?.();
    if (step % 5 === 0) log.metrics('eval', step, { loss: 0.6 });
    if (step % 5 === 0) await save(step);
  }
  mkdirSync(path.join(folder, 'model'), { recursive: true });
  writeFileSync(path.join(folder, 'model', 'result.json'), JSON.stringify([...parameters]));
  log.say({ kind: 'completed', step: STEPS });
}

train().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
