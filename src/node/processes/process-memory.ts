import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that this process takes. On Linux, memory that several mappings share counts once: each session of
 * ONNX Runtime maps the same weight file, and the resident set size would count it for every one.
 */
export function processMemory(): number {
  if (process.platform === 'linux') {
    try {
      const [, kibibytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8')) ?? [];
      if (kibibytes !== undefined) return Number(kibibytes) * 1024;
    } catch {
      // Kernels before 4.14, and some containers, have no such file.
    }
  }
  return process.memoryUsage.rss();
}
