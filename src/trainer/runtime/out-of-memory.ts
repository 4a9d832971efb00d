import os from 'node:os';
import { TrainingError } from '../training-error';

/** As the runtime and its providers put it. */
const ALLOCATION_FAILURE = /bad_alloc|failed to allocate memory|out of memory|cannot allocate/i;

/** The failure that people are told, if an error of the runtime says that memory does not suffice. */
export function allocationFailure(error: unknown): TrainingError | undefined {
  const text = error instanceof Error ? error.message : String(error);
  if (!ALLOCATION_FAILURE.test(text)) return undefined;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return new TrainingError(
    `Memory ran out: this process holds ${gigabytes(process.memoryUsage().rss)} of ${gigabytes(os.totalmem())}. ` +
      'Lower training.micro_batch_size or data.max_length, or train with LoRA.',
  );
}
