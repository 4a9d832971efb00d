import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { pinnedRequirements } from '../../src/core/environment/torch-packages';
import { setupPlan } from '../../src/node/torch/torch-build';
import { isForeign, type SetupRequest, setUpTorch } from '../../src/node/torch/torch-setup';
import { temporaryFolder } from '../support/temporary-folder';
import { program } from './fake-python';
import { write } from './support';

vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
const place = (name: string): string => path.join(folder, name);
const never = new AbortController().signal;

/** A request for an environment whose programs lie in `NAME/bin`. */
function request(name: string, rest: Partial<SetupRequest> = {}): SetupRequest {
  mkdirSync(place(`${name}/bin`), { recursive: true });
  return {
    environment: place(`${name}/.venv`),
    requirements: ['tiny==1.0'],
    room: 0,
    words: 'PyTorch',
    intoExisting: false,
    env: { PATH: `${place(`${name}/bin`)}:/usr/bin:/bin` },
    ...rest,
  };
}

/** What uv does: makes an environment, and installs as `install` says. */
function uv(name: string, install: string): string {
  return program(
    place(`${name}/bin/uv`),
    `echo "$@" >> "$0.calls"
if [ "$1" = venv ]; then
  for last; do :; done
  mkdir -p "$last/bin" && touch "$last/pyvenv.cfg" "$last/bin/python"
else
  ${install}
fi`,
  );
}

const setUp = (wanted: SetupRequest, tell = (_: string) => {}): Promise<string> =>
  setUpTorch(wanted, tell, never);
const callsOf = (name: string): string[] =>
  readFileSync(place(`${name}/bin/uv.calls`), 'utf8')
    .trimEnd()
    .split('\n');

describe.skipIf(process.platform === 'win32')('setting up the torch trainer', () => {
  it('uses uv where it is installed, and tells how far it is', async () => {
    uv('uv', 'echo "Resolved 2 packages"; echo "noise"; echo "Installed 2 packages" >&2');
    const told: string[] = [];
    const wanted = request('uv', { index: 'https://example.org/cpu' });
    const python = await setUp(wanted, (activity) => told.push(activity));
    expect(python).toBe(place('uv/.venv/bin/python'));
    expect(told).toEqual(['making the environment', 'Resolved 2 packages', 'Installed 2 packages']);
    expect(callsOf('uv')).toEqual([
      `venv --allow-existing --python >=3.10 ${wanted.environment}`,
      `pip install --python ${python} --extra-index-url https://example.org/cpu --index-strategy unsafe-best-match tiny==1.0`,
    ]);
    expect(isForeign(wanted.environment)).toBe(false);
  });

  it('is cancelled with all that it started, and goes on when it is asked for again', async () => {
    uv('cancel', `sleep 1000 & echo $! > '${place('cancel/child')}'; echo "Resolved"; wait`);
    const abort = new AbortController();
    const wanted = request('cancel');
    const cancel = (activity: string): void => {
      if (activity === 'Resolved') abort.abort();
    };
    await expect(setUpTorch(wanted, cancel, abort.signal)).rejects.toThrow(/abort/i);
    const child = readFileSync(place('cancel/child'), 'utf8').trim();
    // A process that was killed goes when it has its next turn.
    await vi.waitFor(() => {
      const state = existsSync(`/proc/${child}/stat`) ? readFileSync(`/proc/${child}/stat`, 'utf8') : ') Z ';
      expect(state).toContain(') Z ');
    }, 10_000);
    uv('cancel', 'true');
    expect(await setUp(wanted)).toBe(place('cancel/.venv/bin/python'));
  });

  it('does without the index of PyTorch where that cannot be reached', async () => {
    uv('index', 'case "$*" in *index-url*) echo "error: Failed to fetch" >&2; exit 2 ;; esac');
    const told: string[] = [];
    await setUp(request('index', { index: 'https://example.org/cpu' }), (activity) => told.push(activity));
    expect(told.at(-1)).toBe("PyTorch's own index cannot be reached: trying without it");
    expect(callsOf('index').at(-1)).toMatch(/bin\/python tiny==1\.0$/);
  });

  it.each([
    [
      'error: error sending request for url: dns error',
      /package index cannot be reached\. Check the network/,
    ],
    ['ERROR: [Errno 28] No space left on device', /^The disk is full\. Free space where .*\.venv is/],
    ['ERROR: No matching distribution found for torch==2.13.0', /Not every package exists for this Python/],
    ['error: something new', /was not finished; .* said: error: something new$/],
  ])('says what to do when the installation ends with "%s"', async (line, message) => {
    uv('fails', `echo '${line}' >&2; echo 'more words'; exit 1`);
    await expect(setUp(request('fails'))).rejects.toThrow(message);
  });

  it('says what Python lacks', async () => {
    const env = { PATH: place('python/bin') };
    await expect(setUp(request('python', { env }))).rejects.toThrow(
      /^No Python 3\.10 or newer was found that can make an environment\. Install Python, or uv/,
    );
    const python = program(place('python/bin/python3'), 'echo 1 0 3.12');
    await expect(setUp(request('python', { env }))).rejects.toThrow(`${python} has no venv or ensurepip`);
    program(python, 'echo 0 1 3.9');
    await expect(setUp(request('python', { env }))).rejects.toThrow(`${python} is Python 3.9.`);
    program(python, 'exit 1');
    await expect(setUp(request('python', { env }))).rejects.toThrow(`${python} does not start.`);
    expect(existsSync(place('python/.venv'))).toBe(false);
  });

  it('does not touch what others have made, unless that is wanted', async () => {
    uv('foreign', 'true');
    write(folder, { 'foreign/.venv/pyvenv.cfg': '', 'foreign/.venv/bin/python': '' });
    await expect(setUp(request('foreign'))).rejects.toThrow(/something else has made.*--existing/);
    await setUp(request('foreign', { intoExisting: true }));
    expect(callsOf('foreign')).toEqual([expect.stringMatching(/^pip install/)]);
    expect(isForeign(place('foreign/.venv'))).toBe(true);

    write(folder, { 'folder/.venv/notes.txt': 'mine' });
    await expect(setUp(request('folder'))).rejects.toThrow(/exists and is no virtual environment/);
  });

  it('says how much room it needs before it begins', async () => {
    uv('room', 'true');
    await expect(setUp(request('room', { room: 1e18 }))).rejects.toThrow(
      /^There is no room for PyTorch in .*: 1000000000 GB are needed, \S+ GB are free\./,
    );
  });

  const python = completePython();
  const name = 'makes an environment with venv and pip, and repairs one that was left half made';
  it.skipIf(python === undefined)(python ? name : `${name} (skipped: no Python with venv)`, async () => {
    program(place('real/bin/python3'), `exec '${python}' "$@"`);
    const wheels = place('real/wheels');
    mkdirSync(wheels);
    execFileSync(python ?? '', ['-c', TINY_WHEEL, wheels]);
    const env = {
      ...process.env,
      PATH: place('real/bin'),
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: wheels,
    };
    const wanted = request('real', { env });
    const made = await setUp(wanted);
    rmSync(made);
    const again = await setUp(wanted);
    const version = execFileSync(again, ['-c', 'import tiny; print(tiny.VERSION)'], { encoding: 'utf8' });
    expect(version).toBe('1.0\n');
    const missing = request('real', { env, requirements: ['absent==1.0'] });
    await expect(setUp(missing)).rejects.toThrow(/Not every package exists/);
  });
});

describe('what is installed', () => {
  const gpu = { name: 'NVIDIA H100', memory: 80e9 };

  it('fits the machine', () => {
    const plan = (machine: object, platform: NodeJS.Platform) =>
      setupPlan(undefined, { memory: 1e9, ...machine }, platform);
    expect(plan({}, 'linux')).toMatchObject({
      requirements: pinnedRequirements(),
      index: expect.stringMatching(/cpu$/),
      words: expect.stringMatching(/^PyTorch \S+ for the processor$/),
    });
    // On Linux the ordinary package brings CUDA.
    expect(plan({ gpu }, 'linux')).not.toHaveProperty('index');
    expect(plan({ gpu }, 'linux').words).toMatch(/for NVIDIA GPUs \(NVIDIA H100\)$/);
    expect(plan({ gpu }, 'win32').index).toMatch(/cu\d+$/);
    expect(plan({}, 'win32')).not.toHaveProperty('index');
    expect(plan({}, 'darwin').words).toMatch(/for this Mac$/);
  });

  it('can be chosen', () => {
    const plan = setupPlan('cuda', { memory: 1e9 }, 'linux');
    expect(plan.index).toMatch(/cu\d+$/);
    expect(plan.room).toBeGreaterThan(setupPlan('cpu', { memory: 1e9, gpu }, 'linux').room);
    expect(setupPlan('index', { memory: 1e9 }, 'linux')).not.toHaveProperty('index');
  });
});

/** A Python of this machine that can make environments. */
function completePython(): string | undefined {
  try {
    const probe = 'import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.executable)';
    return execFileSync('python3', ['-c', probe], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

/** Writes a wheel of one module. */
const TINY_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny.py", 'VERSION = "1.0"\\n')
    info = "tiny-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;
