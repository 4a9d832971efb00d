import os from 'node:os';
import type { Config } from '../../core/config/option-types';

/** Execution providers of ONNX Runtime by their own names. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'dml';

/** Where and how graphs are run. */
export interface Device {
  readonly provider: Provider;
  /** `lean` takes less memory and more time. */
  readonly profile: 'fast' | 'lean';
  /** Of the processor that take part. */
  readonly threads: number;
  /** For people, such as `processor, 2 threads`. */
  readonly words: string;
}

/**
 * @param memoryNeed bytes that the fast profile takes
 * @returns the device, and a sentence for each that was refused
 */
export async function chooseDevice(
  _wanted: Config['backend.device'],
  _memoryNeed: number,
): Promise<{ device: Device; refused: readonly string[] }> {
  const threads = os.availableParallelism();
  const device: Device = {
    provider: 'cpu',
    profile: 'fast',
    threads,
    words: `processor, ${threads} threads`,
  };
  return { device, refused: [] };
}
