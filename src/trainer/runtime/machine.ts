import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Bytes that this process may still take without pushing others out. Limits of a container count. */
export function availableMemory(): number {
  // On a Mac, memory that only caches files counts as taken; half of all is a fair guess there.
  const cached = process.platform === 'darwin' ? os.totalmem() / 2 : 0;
  return Math.max(process.availableMemory(), cached);
}

/** Threads that bring speed: one a core that this process may use. */
export function processorThreads(): number {
  const logical = os.availableParallelism();
  // Two threads of one core share its arithmetic units.
  const cores = readLine('/sys/devices/system/cpu/smt/active') === '1' ? Math.ceil(logical / 2) : logical;
  // Of a container: microseconds of processor time in a period, and the period.
  const [quota, period] = (readLine('/sys/fs/cgroup/cpu.max') ?? 'max').split(' ').map(Number);
  return quota && period ? Math.max(1, Math.min(cores, Math.floor(quota / period))) : cores;
}

/** Undefined on systems that have no such file. */
function readLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
