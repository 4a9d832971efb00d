import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isProcess, isSurelyProcess } from '../../src/node/processes/process-check';

afterEach(() => vi.restoreAllMocks());

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe.skipIf(process.platform === 'win32')('a process', () => {
  const [, script = ''] = process.argv;

  it('is told by its id and by what stands in its command line', () => {
    for (const isIt of [isProcess, isSurelyProcess]) {
      expect(isIt(process.pid, script)).toBe(true);
      expect(isIt(process.pid, '/some/other/run')).toBe(false);
      expect(isIt(Number.NaN, script)).toBe(false);
      expect(isIt(-1, script)).toBe(false);
    }
  });

  it('that has ended is not there, also when it ends between two looks', async () => {
    const pid = await endedProcess();
    expect(isProcess(pid, script)).toBe(false);
    vi.spyOn(process, 'kill').mockReturnValueOnce(true);
    expect(isProcess(pid, script)).toBe(false);
  });

  it('whose command line cannot be told may be the one, but is not ended', async () => {
    const pid = await endedProcess();
    vi.spyOn(process, 'kill').mockReturnValue(true);
    expect(isProcess(pid, script)).toBe(true);
    expect(isSurelyProcess(pid, script)).toBe(false);
  });
});
