import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { TorchDevice, TorchEnvironment } from '../../core/environment/environment';
import { isFields } from '../../core/runs/read-files';
import { messageOf } from '../files/text-files';
import { ISOLATED, running } from './torch-start';

/** Milliseconds: importing torch takes seconds, from a cold network drive a minute. */
const LIMIT = 120_000;

/** Asks the torch trainer what it can train on. Never throws. */
export async function askTorch(
  python: string,
  wheel: string,
  signal: AbortSignal,
): Promise<TorchEnvironment> {
  try {
    const { stdout } = await promisify(execFile)(python, [...running(wheel), 'environment'], {
      env: { ...process.env, ...ISOLATED },
      cwd: dirname(python),
      timeout: LIMIT,
      windowsHide: true,
      signal,
    });
    return { python, ...read(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')) };
  } catch (error) {
    const lines = messageOf(error).trim().split('\n');
    const reason = lines.length > 1 ? `${lines[0]} ... ${lines.at(-1)}` : lines[0];
    return { python, devices: [], problems: [`The torch trainer could not be asked: ${reason}`] };
  }
}

function read(answer: unknown): Omit<TorchEnvironment, 'python'> {
  if (!isFields(answer) || !Array.isArray(answer.devices) || !Array.isArray(answer.problems)) {
    throw new Error('it did not answer as the torch trainer does');
  }
  return {
    devices: answer.devices.flatMap(readDevice),
    problems: answer.problems.filter((problem) => typeof problem === 'string'),
  };
}

function readDevice(device: unknown): TorchDevice[] {
  if (!isFields(device) || typeof device.name !== 'string' || typeof device.kind !== 'string') return [];
  const { name, kind, memory } = device;
  return [{ name, kind, ...(typeof memory === 'number' && { memory }) }];
}
