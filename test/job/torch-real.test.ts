import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readRun, runFolderOf } from '../../src/node/runs/run-store';
import { wheelName } from '../../src/node/torch/torch-start';
import { useCli, type Workplace } from '../cli/dpo-lab';
import { NO_PYTHON, PYTHON } from '../torch/vectors';
import { problemsOfRun, problemsOfSweep, ROOT } from './schemas';
import { endAfterTest, until } from './support';

// Importing PyTorch takes a while on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const workplace = useCli('job', 'onnx-trainer');
const FIXTURES = path.join(ROOT, 'test/trainer/fixtures/trl');
/** What lies beside the built programs: the package's source as their wheel, and what the reader of pairs loads. */
function addPackage(place: Workplace): void {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const wheel = path.join(path.dirname(place.folder), wheelName(version));
  if (existsSync(wheel)) return;
  symlinkSync(path.join(ROOT, 'python/src'), wheel);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(path.dirname(place.folder), 'node_modules'));
}

/** A workplace with a tiny model, its pairs, and a config for the torch trainer. */
function experiment({ steps = 4, device = 'cpu' }): Workplace {
  const place = workplace();
  addPackage(place);
  cpSync(path.join(FIXTURES, 'model'), place.path('model'), { recursive: true });
  cpSync(path.join(FIXTURES, 'strings.jsonl'), place.path('pairs.jsonl'));
  place.write(
    'tiny.dpo.yaml',
    `model: ./model
data: { train: pairs.jsonl, eval_fraction: 0.2, max_length: 64 }
training: { steps: ${steps}, batch_size: 4, learning_rate: 0.001 }
backend: { kind: torch, device: ${device}, torch: { python: ${JSON.stringify(PYTHON ?? '')} } }
`,
  );
  endAfterTest(() => runsOf(place));
  return place;
}

const below = (place: Workplace, name: string): string[] =>
  existsSync(place.path(`.dpo/${name}`))
    ? readdirSync(place.path(`.dpo/${name}`)).map((id) => place.path(`.dpo/${name}/${id}`))
    : [];
const runsOf = (place: Workplace): string[] => below(place, 'runs');

const NAME = 'the real torch trainer under the real job';

describe.skipIf(PYTHON === undefined)(PYTHON ? NAME : `${NAME} (skipped: ${NO_PYTHON})`, () => {
  it('sweeps in one process, and writes what the schemas describe', async () => {
    const place = experiment({});
    const { code, stderr } = await place.run(['sweep', 'tiny.dpo.yaml', '--beta', '0.1,0.02']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const runs = runsOf(place);
    expect(runs).toHaveLength(2);
    expect(runs.flatMap(problemsOfRun)).toEqual([]);
    expect(below(place, 'sweeps').flatMap(problemsOfSweep)).toEqual([]);
    expect(below(place, 'references')).toHaveLength(1);
    for (const run of runs) expect(existsSync(path.join(run, 'model/adapter_model.safetensors'))).toBe(true);
    const logs = runs.map((run) => readFileSync(path.join(run, 'output.log'), 'utf8'));
    expect(logs.filter((log) => log.startsWith('One process trains several arms'))).toHaveLength(1);
  });

  it('is stopped and goes on without losing or repeating a step', async () => {
    const place = experiment({ steps: 30 });
    expect((await place.run(['train', 'tiny.dpo.yaml', '--detach'])).code).toBe(0);
    const [folder = ''] = runsOf(place);
    const id = path.basename(folder);
    const read = () => readRun(runFolderOf(place.path('.dpo'), id), id);
    await until(async () => ((await read()).status?.step ?? 0) > 2, 120_000);
    expect((await place.run(['stop', 'last'])).code).toBe(0);
    expect((await read()).state).toBe('stopped');
    expect((await place.run(['resume', 'last'])).code).toBe(0);
    const lines = readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8').split('\n').slice(0, -1);
    const steps = lines.map((line) => JSON.parse(line)).filter(({ split }) => split === 'train');
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_, index) => index + 1));
    expect(steps).toHaveLength(30);
  });

  it('refuses in seconds where a GPU is asked for and there is none', async () => {
    const place = experiment({ device: 'cuda' });
    const { code, stdout } = await place.run(['train', 'tiny.dpo.yaml'], {
      env: { CUDA_VISIBLE_DEVICES: '' },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed at step 0\. .*(CUDA|GPU)/);
    expect(stdout).toMatch(/Go on with: dpo-lab resume/);
  });
});
