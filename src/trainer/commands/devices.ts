import type { DeviceLine } from '../../core/runs/devices-format';
import { chooseDevice } from '../runtime/choose-device';
import { TrainingError } from '../training-error';

/** The choice that is made by itself comes first: it is what most people want to know. */
const DEVICES = ['auto', 'cpu', 'cuda', 'webgpu', 'dml', 'coreml'] as const;

/** `onnx-trainer.js devices`: tries every device, and says of each as a line of JSON whether it can be used. */
export async function runDevicesCommand(): Promise<void> {
  for (const device of DEVICES) await say(await lineOf(device));
}

async function lineOf(device: DeviceLine['device']): Promise<DeviceLine> {
  try {
    const chosen = await chooseDevice(device, 0);
    return { device, usable: true, words: chosen.device.words };
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    return { device, usable: false, words: error.message };
  }
}

async function say(line: DeviceLine): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
}
