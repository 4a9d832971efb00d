import { existsSync } from 'node:fs';
import type { Config } from '../../core/config/config';
import { listSupportedBackends } from '../../node/models/onnxruntime';
import { TrainingError } from '../training-error';
import type { Device, Provider } from './device';
import { availableMemory, processorThreads } from './machine';
import { isFaster, providerFault } from './provider-test';
import { vulkanFault } from './vulkan';

export interface ChosenDevice {
  readonly device: Device;
  /** A sentence for each that was tried and refused. */
  readonly refused: readonly string[];
}

/** What `auto` tries, in this order. CoreML compiles for minutes what trains for minutes: only where it is asked for. */
const AUTOMATIC = ['cuda', 'webgpu', 'dml'] as const;

const WORDS: Readonly<Record<Exclude<Provider, 'cpu'>, string>> = {
  webgpu: 'graphics processor through WebGPU',
  cuda: 'NVIDIA graphics processor through CUDA',
  coreml: 'Apple hardware through CoreML',
  dml: 'graphics processor through DirectML',
};

/** Of this process: a provider does not change while it runs. */
const faults = new Map<Provider, string | undefined>();

/**
 * Chooses where to compute. Any provider but the processor has to reproduce the processor's loss and gradient on a small
 * model; `auto` takes the first that does and is faster than the processor.
 *
 * @param memoryNeed bytes that the fast profile takes
 * @throws TrainingError where the wanted device cannot be used
 */
export async function chooseDevice(
  wanted: Config['backend.device'],
  memoryNeed: number,
): Promise<ChosenDevice> {
  const processor = processorDevice(memoryNeed);
  if (wanted === 'cpu') return { device: processor, refused: [] };
  if (wanted === 'auto') return chooseAutomatically(processor);
  const device = providerDevice(wanted, processor);
  const fault = listed(wanted)
    ? await faultOf(device, processor)
    : `this onnxruntime-node has no such provider on ${process.platform} ${process.arch}`;
  if (fault === undefined) return { device, refused: [] };
  throw new TrainingError(
    `The ${device.words} cannot be used: ${sentence(fault)} Write backend: { device: cpu }, or auto to take what works.`,
  );
}

async function chooseAutomatically(processor: Device): Promise<ChosenDevice> {
  const refused: string[] = [];
  for (const provider of AUTOMATIC.filter((name) => listed(name) && hasHardware(name))) {
    const device = providerDevice(provider, processor);
    const fault = await faultOf(device, processor);
    if (fault === undefined && (await isFaster(device, processor))) return { device, refused };
    refused.push(`The ${device.words} is not used: ${sentence(fault ?? 'the processor is faster')}`);
  }
  return { device: processor, refused };
}

async function faultOf(device: Device, processor: Device): Promise<string | undefined> {
  const { provider } = device;
  if (!faults.has(provider)) {
    const missing = provider === 'webgpu' ? vulkanFault() : undefined;
    faults.set(provider, missing ?? (await providerFault(device, processor)));
  }
  return faults.get(provider);
}

function listed(provider: Provider): boolean {
  return listSupportedBackends().some(({ name }) => name === provider);
}

/** Saves a test that could only fail: on Linux, graphics hardware shows as a device file. */
function hasHardware(provider: 'cuda' | 'webgpu' | 'dml'): boolean {
  if (process.platform !== 'linux') return true;
  const files =
    provider === 'cuda' ? ['/dev/nvidiactl', '/dev/dxg'] : ['/dev/dri', '/dev/nvidiactl', '/dev/dxg'];
  return files.some((file) => existsSync(file));
}

function processorDevice(memoryNeed: number): Device {
  const threads = processorThreads();
  const profile = memoryNeed > availableMemory() ? 'lean' : 'fast';
  const saving = profile === 'lean' ? ', saving memory' : '';
  const words = `processor, ${threads} ${threads === 1 ? 'thread' : 'threads'}${saving}`;
  return { provider: 'cpu', profile, threads, words };
}

function providerDevice(provider: Exclude<Provider, 'cpu'>, { threads }: Device): Device {
  return { provider, profile: 'fast', threads, words: WORDS[provider] };
}

/** The first line of a fault, as the end of a sentence. The runtime begins with the place in its source. */
function sentence(fault: string): string {
  const [line = ''] = fault
    .replace(/^.* was false\. /, '')
    .trim()
    .split('\n');
  const short = line.length > 200 ? `${line.slice(0, 200)}...` : line;
  return /[.!?]$/.test(short) ? short : `${short}.`;
}
