import { execFileSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { FileError } from '../../src/node/files/text-files';
import { snapshot } from '../../src/node/panels/snapshot';
import { deleteRun } from '../../src/node/runs/delete-run';
import { KnownRuns } from '../../src/node/runs/known-runs';
import { listRuns, newestMetrics } from '../../src/node/runs/run-store';
import { readSweep } from '../../src/node/runs/sweep-store';
import { Chance, mutated } from './random';

const GOOD = '20261101-000000-beta0.1-good';
const BAD = '20261101-000001-beta0.1-evil';
const SWEEP = '20261101-000000-sweep-aaaa';

/** The files of a run, and of its sweep, in a data folder. */
const FILES: Readonly<Record<string, string>> = {
  'run.json': JSON.stringify({
    ...{
      format: 1,
      id: GOOD,
      created: 1796078033732,
      sweep: SWEEP,
      backend: 'onnx',
      configFile: '/w/a.dpo.yaml',
    },
    ...{
      configText: 'model: x',
      configHash: '0'.repeat(64),
      baseFolder: '/w',
      dataFolder: '/w/.dpo',
      versions: {},
    },
    config: {
      objective: { beta: 0.1 },
      training: { seed: 3, method: 'full' },
      evaluation: { probes: ['a'] },
    },
  }),
  'status.json': JSON.stringify({
    ...{ format: 1, state: 'stopped', step: 4, totalSteps: 8, pid: 4194000, trainer: 4194001 },
    ...{ host: 'elsewhere', heartbeat: 1796078033732, started: 1796078033732, ended: 1796078093732 },
  }),
  'metrics.jsonl': [1, 2, 3, 4]
    .map((step) => `${JSON.stringify({ step, time: 1, split: 'train', values: { loss: 0.7 / step } })}\n`)
    .join(''),
  'trainer.jsonl': `${JSON.stringify({ time: 1, kind: 'plan', totalSteps: 8, pairs: 9, evalPairs: 2, device: 'cpu' })}\n${JSON.stringify({ time: 1, kind: 'samples', step: 0, samples: [{ prompt: 'a', policy: { text: 'b', tokens: 1, ended: true } }] })}\n`,
  'events.jsonl': `${JSON.stringify({ time: 1, kind: 'state', state: 'running' })}\n${JSON.stringify({ time: 1, kind: 'alarm', code: 'LOSS001', severity: 'warning', step: 2, message: 'm' })}\n`,
  'output.log': 'words\n',
  'control.json': JSON.stringify({ run: GOOD, request: 'stop', time: 1 }),
};
const SWEEP_FILE = JSON.stringify({
  ...{ format: 1, id: SWEEP, created: 1, configFile: '/w/a.dpo.yaml', runs: [GOOD, BAD], trainer: ['x'] },
  ...{ parallel: 1, stopDegenerate: false },
});

/** A data folder with a good run and one that is changed, beside a folder that nothing may touch. */
export class RunsFuzz {
  readonly #data: string;
  readonly #precious: string;
  readonly #before: string;

  constructor(folder: string) {
    this.#data = path.join(folder, 'work/.dpo');
    this.#precious = path.join(folder, 'precious');
    mkdirSync(path.join(this.#precious, 'runs'), { recursive: true });
    for (const name of ['.netrc', '8.tmp', 'metrics.jsonl', 'runs/a'])
      writeFileSync(path.join(this.#precious, name), name);
    this.#before = contentOf(this.#precious);
    for (const [name, text] of Object.entries(FILES)) write(path.join(this.#data, 'runs', GOOD, name), text);
    write(path.join(this.#data, 'sweeps', SWEEP, 'sweep.json'), SWEEP_FILE);
  }

  /** @throws Error where a reader throws anything but a FileError, the good run is hidden, or a file outside changes */
  async try(seed: number): Promise<void> {
    const chance = new Chance(seed);
    const folder = path.join(this.#data, 'runs', BAD);
    rmSync(folder, { recursive: true, force: true });
    cpSync(path.join(this.#data, 'runs', GOOD), folder, { recursive: true });
    write(path.join(folder, 'run.json'), (FILES['run.json'] ?? '').replace(GOOD, BAD));
    for (let changes = 1 + chance.below(3); changes > 0; changes--) this.#change(folder, chance);
    const sweepFile = path.join(this.#data, 'sweeps', SWEEP, 'sweep.json');
    write(sweepFile, chance.below(4) === 0 ? mutated(SWEEP_FILE, chance) : SWEEP_FILE);
    await this.#readAll(folder);
    if (chance.below(4) === 0) await allowed(deleteRun(folder, BAD));
    const good = (await listRuns(this.#data)).find(({ id }) => id === GOOD);
    if (!good?.run || good.problem !== undefined) throw new Error('the good run is hidden');
    if (contentOf(this.#precious) !== this.#before)
      throw new Error('a file outside of the data folder changed');
  }

  async #readAll(folder: string): Promise<void> {
    const known = new KnownRuns(this.#data);
    const ids = [GOOD, BAD];
    await known.read(ids);
    await known.readDetails(ids);
    if (!known.runs.some(({ id, problem }) => id === GOOD && problem === undefined))
      throw new Error('the good run is hidden in the list of the editor');
    await newestMetrics(folder);
    await allowed(readSweep(path.join(this.#data, 'sweeps', SWEEP)));
    await allowed(snapshot({ kind: 'run', folder }));
    await allowed(snapshot({ kind: 'sweep', dataFolder: this.#data, sweep: SWEEP }));
  }

  #change(folder: string, chance: Chance): void {
    const name = chance.of([...Object.keys(FILES), 'checkpoints', 'model', 'attempts']);
    const file = path.join(folder, name);
    const text = FILES[name];
    const kind = chance.below(text === undefined ? 3 : 12);
    if (kind > 2) {
      write(file, mutated(text ?? '', chance));
      return;
    }
    rmSync(file, { recursive: true, force: true });
    if (kind === 0)
      symlinkSync(
        chance.of([this.#precious, path.join(this.#precious, 'metrics.jsonl'), '..', '/nowhere', file]),
        file,
      );
    else if (kind === 1) mkdirSync(path.join(file, '4'), { recursive: true });
    else if (process.platform === 'linux' && chance.below(8) === 0) execFileSync('mkfifo', [file]);
  }
}

/** A refusal in words is an answer too. */
async function allowed(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { recursive: true, force: true });
  writeFileSync(file, text);
}

function contentOf(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names
    .map((name) => {
      const file = path.join(folder, name);
      return `${name} ${lstatSync(file).isFile() ? readFileSync(file, 'utf8') : ''}`;
    })
    .join('\n');
}
