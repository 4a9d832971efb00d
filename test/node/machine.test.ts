import { chmodSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readMachine } from '../../src/node/processes/machine';
import { temporaryFolder } from '../support/temporary-folder';
import { write } from './support';

/** A stand-in for nvidia-smi that answers only the question that is asked. */
function pretend(answer: string): void {
  const folder = temporaryFolder();
  const question = '--query-gpu=name,memory.total --format=csv,noheader,nounits';
  write(folder, { 'nvidia-smi': `#!/bin/sh\n[ "$*" = "${question}" ] || exit 1\n${answer}\n` });
  chmodSync(path.join(folder, 'nvidia-smi'), 0o755);
  vi.stubEnv('PATH', `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin`);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.skipIf(process.platform === 'win32')('readMachine', () => {
  it('takes the largest GPU', async () => {
    pretend("printf 'NVIDIA T4, 15360\\nNVIDIA H200, 143771\\nNVIDIA A10, SXM, 23028\\n'");
    expect(await readMachine()).toEqual({
      memory: totalmem(),
      processors: availableParallelism(),
      gpu: { name: 'NVIDIA H200', memory: 143771 * 1024 * 1024 },
    });
  });

  it.each([
    ['fails', 'echo No devices were found; exit 6'],
    ['names no memory', "printf 'NVIDIA GB10, [N/A]\\n'"],
    ['says nothing', 'true'],
  ])('knows no GPU where nvidia-smi %s', async (_, answer) => {
    pretend(answer);
    expect(await readMachine()).toEqual({ memory: totalmem(), processors: availableParallelism() });
  });

  it('knows no GPU where there is no nvidia-smi', async () => {
    vi.stubEnv('PATH', temporaryFolder());
    expect(await readMachine()).toEqual({ memory: totalmem(), processors: availableParallelism() });
  });

  it('does not wait for a driver that hangs', { timeout: 8000 }, async () => {
    pretend('exec sleep 30');
    const before = performance.now();
    expect(await readMachine()).toEqual({ memory: totalmem(), processors: availableParallelism() });
    expect(performance.now() - before).toBeLessThan(6000);
  });
});
