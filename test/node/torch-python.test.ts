import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/core/check/check';
import { resolveConfig } from '../../src/core/config/resolved';
import { askTorch } from '../../src/node/torch/torch-environment';
import { choosePython, NoPython, type PythonWishes } from '../../src/node/torch/torch-python';
import { torchStart } from '../../src/node/torch/torch-start';
import { temporaryFolder } from '../support/temporary-folder';
import { fakePython, program, TESTED } from './fake-python';
import { write } from './support';

const folder = temporaryFolder();
const place = (name: string): string => path.join(folder, name);

/** Wishes for a config in a folder of its own, with nothing on the search path. */
function wishes(name: string, rest: Partial<PythonWishes> = {}): PythonWishes {
  mkdirSync(place(name), { recursive: true });
  return {
    configFile: place(`${name}/configs/a.dpo.yaml`),
    workspaceFolder: place(name),
    env: { PATH: '' },
    ...rest,
  };
}

const pathOf = async (wanted: PythonWishes): Promise<string> => (await choosePython(wanted)).path;
const { trl: _, peft: __, ...WITHOUT_TRL } = TESTED;

describe.skipIf(process.platform === 'win32')('the Python that trains', () => {
  it('is the one of the setting, of the config, of the editor, then the closest environment', async () => {
    const [setting, config, active, own, shared, searched] = [
      fakePython(place('order/setting/bin/python')),
      fakePython(place('order/configs/env/bin/python')),
      fakePython(place('order/active/python')),
      fakePython(place('order/configs/.venv/bin/python')),
      fakePython(place('order/.venv/bin/python')),
      fakePython(place('order/search/python3')),
    ];
    const all = wishes('order', {
      setting: place('order/setting'),
      config: 'env/bin/python',
      active,
      env: { PATH: path.dirname(searched) },
    });
    expect(await pathOf(all)).toBe(setting);
    expect(await pathOf({ ...all, setting: '' })).toBe(config);
    expect(await pathOf({ ...all, setting: '', config: undefined })).toBe(active);
    const { setting: ___, config: ____, active: _____, ...rest } = all;
    expect(await pathOf(rest)).toBe(own);
    expect(await pathOf({ ...rest, config: 'python3' })).toBe(searched);
    expect(await pathOf({ ...rest, configFile: place('order/a.dpo.yaml') })).toBe(shared);
  });

  it('is the first that has everything, where none was named', async () => {
    fakePython(place('first/.venv/bin/python'), WITHOUT_TRL);
    const venv = fakePython(place('first/venv/bin/python'));
    expect(await pathOf(wishes('first'))).toBe(venv);
  });

  it('is not replaced by another one where it was named', async () => {
    fakePython(place('named/.venv/bin/python'));
    const poor = fakePython(place('named/poor/python'), WITHOUT_TRL);
    const said = (rest: Partial<PythonWishes>): Promise<string> =>
      choosePython(wishes('named', rest)).then(String, (error: unknown) => {
        expect(error).toBeInstanceOf(NoPython);
        return (error as Error).message;
      });
    expect(await said({ setting: poor })).toBe(
      `The torch trainer cannot start: ${poor}, which dpoLab.pythonPath names, lacks trl and peft. Change that setting or empty it, then resume the run.`,
    );
    expect(await said({ config: '../gone/python' })).toBe(
      `The torch trainer cannot start: ${place('named/gone/python')}, which backend.torch.python names, is not there. Fix it there and resume the run, or name another Python and train again.`,
    );
    const broken = program(place('named/broken'), 'exit 3');
    expect(await said({ setting: broken })).toContain('could not be asked: Command failed');
    expect(await said({ workspaceFolder: place('none') })).toContain('no Python was found.');
  });

  it('lacks something, which is told of the first one that answered', async () => {
    program(place('lacks/.venv/bin/python'), 'exit 3');
    const poor = fakePython(place('lacks/venv/bin/python'), { ...TESTED, trl: '1.17.0' });
    await expect(choosePython(wishes('lacks'))).rejects.toThrow(`${poor} has trl 1.17.0, which is too new`);
  });

  it('is asked what it can train on', async () => {
    const { signal } = new AbortController();
    const python = fakePython(place('asked/python'));
    expect(await askTorch(python, '/package', signal)).toEqual({
      python,
      devices: [{ name: 'Scripted GPU', kind: 'cuda', memory: 80e9 }],
      problems: [],
    });
    const broken = program(place('asked/broken'), 'echo "No module named dpo_lab_trainer" >&2; exit 1');
    const { problems } = await askTorch(broken, '/package', signal);
    expect(problems).toEqual([
      expect.stringMatching(/^The torch trainer could not be asked: .*No module named dpo_lab_trainer$/),
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('the start of the torch trainer', () => {
  const python = fakePython(place('start/.venv/bin/python'));
  const programs = { wheel: '/package', python: '', activePython: async () => undefined };
  const start = (torch: string, method = 'lora', parallel = 1) => {
    const text = `model: ./model\ndata: { train: p.jsonl }\ntraining: { method: ${method} }\nbackend: { kind: torch${torch} }\n`;
    const config = resolveConfig(check(text, 'a.dpo.yaml').experiment);
    const configFile = place('start/a.dpo.yaml');
    return torchStart(config, { configFile, workspaceFolder: folder }, parallel, programs);
  };

  it('is a module of the package that belongs to whoever launches', async () => {
    const { trainer, environment, launcher } = await start('');
    expect(trainer).toEqual([
      python,
      '-I',
      '-u',
      '-c',
      expect.stringContaining('dpo_lab_trainer'),
      '/package',
    ]);
    expect(environment).toEqual({ PYTHONSAFEPATH: '1', PYTHONNOUSERSITE: '1' });
    expect(launcher).toBe(false);
  });

  it('is one for all arms where these are adapters, one after another', async () => {
    expect((await start('')).together).toBe(true);
    expect((await start('', 'lora', 2)).together).toBe(false);
    expect((await start('', 'full')).together).toBe(false);
  });

  it('goes through accelerate for several processes, or as a file of it says', async () => {
    const { trainer, launcher } = await start(', torch: { processes: 2 }');
    expect(launcher).toBe(true);
    expect(trainer.join(' ')).toMatch(
      /^\S+ -I -m accelerate\.commands\.launch .*--num_processes 2 --no_python \S+ -I -u -c .*dpo_lab_trainer.* \/package$/,
    );
    expect(trainer.join(' ')).toContain('--main_process_port 0');

    write(folder, { 'start/zero3.yaml': 'distributed_type: DEEPSPEED\n' });
    const configured = await start(', torch: { accelerate_config: zero3.yaml }');
    expect(configured.trainer.slice(1, 5)).toEqual([
      '-I',
      '-m',
      'accelerate.commands.launch',
      '--config_file',
    ]);
    expect(configured.trainer[5]).toBe(place('start/zero3.yaml'));
    await expect(start(', torch: { accelerate_config: gone.yaml }')).rejects.toThrow(
      `backend.torch.accelerate_config: There is no file ${place('start/gone.yaml')}.`,
    );
  });
});
