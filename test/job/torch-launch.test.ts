import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { runFolderOf } from '../../src/node/runs/run-store';
import { useCli, VALID, type Workplace } from '../cli/dpo-lab';
import { fakePython, TESTED } from '../node/fake-python';
import { LLAMA_CONFIG } from '../node/support';
import { problemsOfSweep } from './schemas';
import { endAfterTest, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const workplace = useCli('job');

/** A workplace with a config for the torch trainer, and nothing that a search path leads to. */
function experiment(scenario: string, torch = ''): Workplace {
  const place = workplace();
  place.write('model/config.json', JSON.stringify(LLAMA_CONFIG));
  const pair = { prompt: 'Question', chosen: 'Yes, gladly.', rejected: 'No, never.' };
  place.write('pairs.jsonl', Array.from({ length: 40 }, () => `${JSON.stringify(pair)}\n`).join(''));
  place.write('a.dpo.yaml', `# plays: ${scenario}\n${VALID}backend: { kind: torch${torch} }\n`);
  endAfterTest(() => place.runs.map((id) => runFolderOf(place.path('.dpo'), id)));
  return place;
}

const env = { PATH: '/usr/bin:/bin', VIRTUAL_ENV: '', CONDA_PREFIX: '' };
const read = (place: Workplace, name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(place.path(name), 'utf8'));

describe.skipIf(process.platform === 'win32')('dpo-lab with the torch trainer', () => {
  it('sweeps in one process, with the package that comes with it', async () => {
    const place = experiment('completes');
    const python = fakePython(place.path('.venv/bin/python'));
    const { code, stdout, stderr } = await place.run(['sweep', 'a.dpo.yaml', '--beta', '0.1,0.05,0.02'], {
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/: completed 5 steps/g)).toHaveLength(3);
    const calls = readFileSync(`${python}.calls`, 'utf8').trimEnd().split('\n');
    expect(calls).toEqual([
      expect.stringMatching(/^-I -u -c .* \S+\/dpo_lab_trainer-\S+\.whl( \S+\/runs\/\S+){3}$/),
    ]);
    for (const id of place.runs)
      expect(read(place, `.dpo/runs/${id}/run.json`)).toMatchObject({ producer: { kind: 'torch' } });
  });

  it('fails where no Python has what it needs, says what is missing, and trains when it is there', async () => {
    const place = experiment('completes');
    const { trl: _, ...packages } = TESTED;
    const python = fakePython(place.path('.venv/bin/python'), packages);
    const { code, stdout } = await place.run(['train', 'a.dpo.yaml', '--json'], { env });
    expect(code).toBe(1);
    const error = `The torch trainer cannot start: ${python} lacks trl. Make an environment for it with dpo-lab setup torch (in VS Code: DPO Lab: Set Up Training Environment), then resume the run.`;
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ state: 'failed', error });
    const [id = ''] = place.runs;
    const status = read(place, `.dpo/runs/${id}/status.json`);
    expect(status).toMatchObject({ state: 'failed', error, step: 0 });
    expect(status).not.toHaveProperty('pid');
    const { sweep } = read(place, `.dpo/runs/${id}/run.json`);
    // It is over before the command line has seen who its job is, for whose summary it would wait.
    await until(() => existsSync(place.path(`.dpo/sweeps/${sweep}/summary.json`)));
    expect(problemsOfSweep(place.path(`.dpo/sweeps/${sweep}`))).toEqual([]);
    expect(existsSync(`${python}.calls`)).toBe(false);

    fakePython(python);
    expect((await place.run(['resume', 'last'], { env })).code).toBe(0);
    expect(read(place, `.dpo/sweeps/${sweep}/sweep.json`)).not.toHaveProperty('problem');
    expect(read(place, `.dpo/runs/${id}/status.json`)).not.toHaveProperty('error');
  });

  it('fails every arm of a sweep where there is no Python, also where nobody follows it', async () => {
    const place = experiment('completes', ', torch: { python: gone/python }');
    const sweep = ['sweep', 'a.dpo.yaml', '--beta', '0.1,0.05', '--detach'];
    const { code, stdout } = await place.run(sweep, { env });
    expect(code).toBe(1);
    expect(
      stdout.match(/gone\/python, which\s+backend\.torch\.python\s+names, is not there\./g),
    ).toHaveLength(2);
    expect((await place.run(['resume', 'last'], { env })).code).toBe(1);
  });

  it('fails where the accelerate config is not there', async () => {
    const place = experiment('completes', ', torch: { accelerate_config: gone.yaml }');
    fakePython(place.path('.venv/bin/python'));
    const { code } = await place.run(['train', 'a.dpo.yaml'], { env });
    expect(code).toBe(1);
    const [id = ''] = place.runs;
    expect(read(place, `.dpo/runs/${id}/status.json`).error).toContain(
      `backend.torch.accelerate_config: There is no file ${place.path('gone.yaml')}.`,
    );
  });

  it('tells what the trainer refuses, and leaves nothing running', async () => {
    const place = experiment('is not supported');
    fakePython(place.path('.venv/bin/python'));
    const { code, stdout } = await place.run(['train', 'a.dpo.yaml'], { env });
    expect(code).toBe(1);
    expect(stdout).toContain('failed at step 0. This TRL does not offer the loss odpo. Write another loss.');
    const [id = ''] = place.runs;
    expect(read(place, `.dpo/runs/${id}/status.json`)).not.toHaveProperty('pid');
  });

  it('resumes with the Python that is there then', async () => {
    const place = experiment('dies', ', torch: { processes: 2 }');
    const python = fakePython(place.path('.venv/bin/python'));
    const first = await place.run(['train', 'a.dpo.yaml'], { env });
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('killed (SIGKILL)');
    const [id = ''] = place.runs;
    place.write('a.dpo.yaml', '# The run knows its config.\n');
    const run = place.path(`.dpo/runs/${id}/run.json`);
    place.write(run.slice(place.folder.length + 1), readFileSync(run, 'utf8').replace('dies', 'completes'));
    const { code } = await place.run(['resume', 'last'], { env });
    expect(code).toBe(0);
    expect(readFileSync(`${python}.calls`, 'utf8').match(/accelerate\.commands\.launch/g)).toHaveLength(2);
  });

  it('shows what there is', async () => {
    const place = experiment('completes');
    const python = fakePython(place.path('.venv/bin/python'));
    const { code, stdout } = await place.run(['environment'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('Torch trainer: TRL on Python 3.12.1\n');
    expect(stdout).toContain('    Scripted GPU: cuda, 80 GB\n');
    const { pythons, torch } = JSON.parse((await place.run(['environment', '--json'], { env })).stdout);
    expect(pythons[0].path).toBe(python);
    expect(torch.devices).toHaveLength(1);
  });
});
