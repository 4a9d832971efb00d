import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readRun, runFolderOf } from '../../src/node/runs/run-store';
import { useCli, VALID, type Workplace } from '../cli/dpo-lab';
import { LLAMA_CONFIG } from '../node/support';
import { endAfterTest, TRAINER, until } from './support';

// Each starts several processes, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const workplace = useCli('job');

beforeAll(() => {
  const programs = path.dirname(workplace().cli);
  writeFileSync(path.join(programs, 'onnx-trainer.js'), `import(${JSON.stringify(TRAINER)});`);
});

/** A workplace with a config whose trainer plays a scenario. */
function experiment(scenario: string, name = 'a.dpo.yaml'): Workplace {
  const place = workplace();
  place.write('model/config.json', JSON.stringify(LLAMA_CONFIG));
  const pairs = Array.from({ length: 40 }, (_, index) => ({
    prompt: `Question ${index}`,
    chosen: 'Yes, gladly.',
    rejected: 'No, never.',
  }));
  place.write('pairs.jsonl', pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  place.write(name, `# plays: ${scenario}\n${VALID}`);
  endAfterTest(() => place.runs.map((id) => runFolderOf(place.path('.dpo'), id)));
  return place;
}

const stateOf = async (place: Workplace): Promise<string | undefined> => {
  const [id = ''] = place.runs;
  return id === '' ? undefined : (await readRun(runFolderOf(place.path('.dpo'), id), id)).state;
};

describe('dpo-lab train', () => {
  it('trains, says what happens in few lines, and where the model is', async () => {
    const place = experiment('completes');
    const { code, stdout, stderr } = await place.run(['train', 'a.dpo.yaml']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [id = ''] = place.runs;
    expect(id).toMatch(/^\d{8}-\d{6}-beta0\.02-[a-z0-9]{4}$/);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`.dpo/runs/${id}`);
    expect(lines.at(-2)).toMatch(/^completed 20 steps in \d+ s\.$/);
    expect(lines.at(-1)).toBe(`  Model: .dpo/runs/${id}/model`);
    expect(lines.length).toBeLessThan(40);
  });

  it.each(['-it\'s a "test" $(touch x) ö.dpo.yaml', '--detach.dpo.yaml'])(
    'takes a file named %s',
    async (name) => {
      const place = experiment('completes', name);
      const { code, stderr } = await place.run(['train', '--', name]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const run = JSON.parse(readFileSync(place.path(`.dpo/runs/${place.runs[0]}/run.json`), 'utf8'));
      expect(run.configFile).toBe(place.path(name));
      expect(readdirSync(place.folder)).not.toContain('x');
    },
  );

  it('starts nothing where the config has errors', async () => {
    const place = experiment('completes');
    place.write('a.dpo.yaml', `# ...\n${VALID.replace('0.02', '0')}`);
    const { code, stdout, stderr } = await place.run(['train', 'a.dpo.yaml']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('a.dpo.yaml:4:9 error BETA002');
    expect(stderr).toMatch(/has errors, so nothing was started\. Fix them first\.\n$/);
    expect(place.runs).toEqual([]);
  });

  it('ends with 1 and the reason where the trainer fails', async () => {
    const { code, stdout } = await experiment('fails').run(['train', 'a.dpo.yaml']);
    expect(code).toBe(1);
    expect(stdout).toContain('failed at step 0. The disk is full. Free space and resume the run.');
    expect(stdout).toMatch(/Go on with: dpo-lab resume \S+\n$/);
  });

  it('prints lines of JSON', async () => {
    const { code, stdout } = await experiment('completes').run(['train', 'a.dpo.yaml', '--json']);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0].type).toBe('launched');
    expect(lines.filter(({ type }) => type === 'metrics').map(({ step }) => step)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    expect(lines.filter(({ type }) => type === 'state').map(({ state }) => state)).toEqual([
      'queued',
      'preparing',
      'running',
      'completed',
    ]);
    expect(lines.at(-1)).toMatchObject({ type: 'ended', state: 'completed', step: 20 });
  });

  it('stops at Ctrl-C with a checkpoint, ends with 3, and resume goes on', async () => {
    const place = experiment('goes on and on');
    const child = spawn(process.execPath, [place.cli, 'train', 'a.dpo.yaml'], { cwd: place.folder });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    const code = new Promise((resolve) => child.on('close', resolve));
    await until(async () => (await stateOf(place)) === 'running');
    child.kill('SIGINT');
    expect(await code).toBe(3);
    const [id = ''] = place.runs;
    const text = Buffer.concat(output).toString();
    expect(text).toMatch(/stopped at step \d+\.\n/);
    expect(text).toContain(`Go on with: dpo-lab resume ${id}\n`);

    const resumed = await place.run(['resume', 'last']);
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/completed \d+ steps/);
  });

  it('goes on without the terminal; others watch and stop it', async () => {
    const place = experiment('goes on and on');
    const started = await place.run(['train', 'a.dpo.yaml', '--detach']);
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const [id = ''] = place.runs;
    expect(started.stdout).toBe(`.dpo/runs/${id}\nWatch it with: dpo-lab watch ${id}\n`);
    await until(async () => (await stateOf(place)) === 'running');

    const refused = await place.run(['delete', 'last', '--yes']);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain(`dpo-lab stop ${id}`);

    const watching = place.run(['watch', id]);
    const stopped = await place.run(['stop', id.slice(-4)]);
    expect(stopped.stdout).toMatch(/: stopped at step \d+\. Go on with: dpo-lab resume /);
    expect((await watching).code).toBe(3);

    const list = JSON.parse((await place.run(['runs', '--json'])).stdout);
    expect(list).toMatchObject([{ id, state: 'stopped', beta: 0.02, seed: 0 }]);
    expect((await place.run(['delete', id, '--yes'])).code).toBe(0);
    expect((await place.run(['runs'])).stdout).toMatch(/^There are no runs in /);
  });
});

describe('dpo-lab sweep', () => {
  it('trains every beta, with each seed', async () => {
    const place = experiment('completes');
    const { code, stdout, stderr } = await place.run([
      'sweep',
      'a.dpo.yaml',
      '--beta',
      '0.1,0.01',
      '--seeds',
      '0,1',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const ends = stdout.split('\n').filter((line) => /completed/.test(line));
    expect(ends.map((line) => line.split(':')[0])).toEqual([
      'beta 0.1 seed 0',
      'beta 0.01 seed 0',
      'beta 0.1 seed 1',
      'beta 0.01 seed 1',
    ]);
    const [sweep] = readdirSync(place.path('.dpo/sweeps'));
    const summary = JSON.parse(readFileSync(place.path(`.dpo/sweeps/${sweep}/summary.json`), 'utf8'));
    expect(summary.runs.map(({ beta, seed }: { beta: number; seed: number }) => [beta, seed])).toEqual([
      [0.1, 0],
      [0.01, 0],
      [0.1, 1],
      [0.01, 1],
    ]);
  });

  it('says when there is nothing to sweep, and what it takes', async () => {
    const place = experiment('completes');
    const nothing = await place.run(['sweep', 'a.dpo.yaml']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toMatch(/names no betas to sweep/);
    const odd = await place.run(['sweep', 'a.dpo.yaml', '--beta', '0.1,zero']);
    expect(odd.code).toBe(2);
    expect(odd.stderr).toMatch(/It takes numbers above 0/);
  });
});

describe('naming a run', () => {
  it('takes an id, its end, or last, and says when it is not clear', async () => {
    const place = workplace();
    for (const id of ['20261101-000000-beta0.1-aaaa', '20261102-000000-beta0.1-bbaa']) {
      const run = { format: 1, id, created: Number(id.slice(0, 8)), backend: 'onnx', config: {} };
      const texts = { configFile: '/a', configText: '', baseFolder: '/', dataFolder: '/' };
      place.write(`.dpo/runs/${id}/run.json`, JSON.stringify({ ...run, ...texts }));
    }
    const said = async (name: string): Promise<string> => {
      const { stdout, stderr } = await place.run(['stop', name]);
      return stdout + stderr;
    };
    expect(await said('bbaa')).toMatch(/^20261102-000000-beta0\.1-bbaa: interrupted at step 0\./);
    expect(await said('last')).toMatch(/^20261102/);
    expect(await said('20261101-000000-beta0.1-aaaa')).toMatch(/^20261101/);
    expect(await said('aa')).toMatch(/^Several runs end in aa: .*Give more of the id\.$/m);
    expect(await said('zz')).toMatch(/^There is no run zz in .*dpo-lab runs lists what is there\.$/m);
  });

  it('lists and deletes a run that cannot be read, beside one that can', async () => {
    const place = workplace();
    const [good, bad] = ['20261101-000000-beta0.1-aaaa', '20261102-000000-beta0.1-bbbb'];
    const run = { format: 1, created: 1, backend: 'onnx', config: {}, configFile: '/a', configText: '' };
    const folders = { baseFolder: '/', dataFolder: '/' };
    place.write(`.dpo/runs/${good}/run.json`, JSON.stringify({ ...run, ...folders, id: good }));
    const broken = { ...run, ...folders, id: bad, config: { objective: null } };
    place.write(`.dpo/runs/${bad}/run.json`, JSON.stringify(broken));
    place.write(`.dpo/runs/${bad}/metrics.jsonl/x`, '');
    const listed = await place.run(['runs', '--json']);
    expect(JSON.parse(listed.stdout).map((one: { state: string }) => one.state)).toEqual([
      'interrupted',
      'unreadable',
    ]);
    expect((await place.run(['runs'])).stdout).toMatch(
      /^\S+bbbb +unreadable .*\n +\S+metrics\.jsonl\s+is a folder/m,
    );
    expect((await place.run(['stop', 'bbbb'])).stdout).toMatch(/bbbb: unreadable/);
    expect((await place.run(['resume', 'bbbb'])).stderr).toMatch(/metrics\.jsonl is a folder/);
    expect((await place.run(['delete', 'bbbb', '--yes'])).stdout).toMatch(/Deleted\./);
    expect(JSON.parse((await place.run(['runs', '--json'])).stdout)).toHaveLength(1);
  });
});
