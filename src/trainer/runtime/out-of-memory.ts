import os from 'node:os';
import { TrainingError } from '../training-error';

/** As the runtime, its providers and JavaScript put it. */
const ALLOCATION_FAILURE =
  /bad_alloc|failed to allocate memory|out of memory|cannot allocate|allocation failed/i;

/**
 * The failure that people are told, if an error says that memory does not suffice.
 *
 * @param what asked for it, such as `a batch of 4 x 512 tokens`
 */
export function allocationFailure(error: unknown, what: string): TrainingError | undefined {
  const text = error instanceof Error ? error.message : String(error);
  if (!ALLOCATION_FAILURE.test(text)) return undefined;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const limit = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, os.totalmem());
  return new TrainingError(
    `Memory ran out with ${what}: the trainer took up to ${gigabytes(process.resourceUsage().maxRSS * 1024)} of ` +
      `${gigabytes(limit)}. Lower training.micro_batch_size or data.max_length, or train with LoRA.`,
  );
}
