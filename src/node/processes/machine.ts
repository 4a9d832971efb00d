import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { MachineFacts } from '../../core/facts';
import { present } from '../files/present';
import { findProgram } from './find-program';

/** Milliseconds; a driver that hangs must not hold up a check. */
const NVIDIA_SMI_LIMIT = 3000;

/** Memory of this machine and of its largest NVIDIA GPU, in bytes. Never throws. */
export async function readMachine(): Promise<MachineFacts> {
  const gpu = await largestGpu();
  return { memory: totalmem(), processors: availableParallelism(), ...present({ gpu }) };
}

async function largestGpu(): Promise<MachineFacts['gpu']> {
  try {
    const program = await findProgram([process.platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi']);
    if (program === undefined) return undefined;
    const { stdout } = await promisify(execFile)(
      program,
      ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'],
      { timeout: NVIDIA_SMI_LIMIT, windowsHide: true, cwd: dirname(program) },
    );
    return parseGpus(stdout).reduce<MachineFacts['gpu']>(
      (largest, gpu) => (largest && largest.memory >= gpu.memory ? largest : gpu),
      undefined,
    );
  } catch {
    return undefined;
  }
}

/** Lines such as `NVIDIA H200, 143771`, with the memory in MiB; GPUs that share the machine's memory name none. */
function parseGpus(output: string): NonNullable<MachineFacts['gpu']>[] {
  return output.split('\n').flatMap((line) => {
    const [, name, mebibytes] = /^(.+),\s*(\d+)\s*$/.exec(line.trim()) ?? [];
    return name && mebibytes ? [{ name: name.trim(), memory: Number(mebibytes) * 1024 * 1024 }] : [];
  });
}
