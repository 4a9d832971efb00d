import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../src/node/processes/find-program';
import { runProgram } from '../../src/node/processes/run-program';
import { running } from '../../src/node/torch/torch-start';
import { temporaryFolder } from '../support/temporary-folder';
import { program } from './fake-python';
import { write } from './support';

const python = await findProgram(['python3', 'python']);

describe.skipIf(process.platform === 'win32')('a program on the search path', () => {
  it('is never one of the working folder, whatever the path says', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'bin'));
    const real = program(path.join(folder, 'bin/tool'), 'exit 0');
    const relative = path.relative(process.cwd(), path.join(folder, 'bin'));
    for (const start of ['', '.', 'bin', relative]) {
      expect(await findProgram(['tool'], { PATH: start })).toBeUndefined();
      expect(await findProgram(['tool'], { PATH: `${start}:${folder}/bin` })).toBe(real);
    }
    expect(await findProgram(['tool'], {})).toBeUndefined();
  });
});

const name = 'a Python that trains imports nothing of its working folder, which is a run folder';
describe.skipIf(python === undefined)(python ? name : `${name} (skipped: no Python)`, () => {
  it('runs the module of the package alone', async () => {
    const folder = temporaryFolder();
    const evil = 'open("touched", "w"); raise SystemExit(3)\n';
    write(folder, {
      'run/json.py': evil,
      'run/runpy.py': evil,
      'run/dpo_lab_trainer/__init__.py': evil,
      'package/dpo_lab_trainer/__init__.py': '',
      'package/dpo_lab_trainer/__main__.py': 'import json, sys\nprint(json.dumps(sys.argv[1:]), __name__)\n',
    });
    const { code, output } = await runProgram(python ?? '', {
      args: [...running(path.join(folder, 'package')), 'RUN'],
      cwd: path.join(folder, 'run'),
      env: { ...process.env, PYTHONPATH: '.' },
      onLine: () => {},
      signal: new AbortController().signal,
    });
    expect({ code, output }).toEqual({ code: 0, output: ['["RUN"] __main__'] });
  });
});
