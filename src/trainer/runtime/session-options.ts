import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from './device';

export function sessionOptions(device: Device, weightFolder: string): InferenceSession.SessionOptions {
  return {
    executionProviders: [device.provider],
    intraOpNumThreads: device.threads,
    interOpNumThreads: 1,
    // Errors only: a provider warns about every operator that it leaves to the processor.
    logSeverityLevel: 3,
    enableCpuMemArena: false,
    enableMemPattern: false,
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        disable_prepacking: '1',
        model_external_initializers_file_folder_path: weightFolder,
      },
    },
  };
}
