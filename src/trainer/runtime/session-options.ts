import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from './device';

/**
 * When weights in half precision become float32: once, which takes their memory twice more in every session, or in
 * every run, which takes a fiftieth of the time of a training step but two thirds of that of a generated token.
 */
export type Conversion = 'once' | 'every run';

export interface WeightOptions {
  /** What the locations of weights in a graph are relative to. */
  readonly weightFolder: string;
  readonly conversion: Conversion;
}

/**
 * Measured at the shapes of SmolLM2-135M, two pairs of 256 tokens on two cores: prepacking, the arena and memory
 * patterns together save 9 % of processor time. But prepacking copies all weights into every session and triples the
 * time to make one, and an arena keeps the activations of its session, 1.7 GB, for as long as that is cached. All are
 * off, so that any number of sessions share mapped weights and what the allocator of the process holds; the arena's
 * share of the gain comes back where that allocator keeps large blocks (`MALLOC_MMAP_MAX_=0` with glibc).
 */
export function sessionOptions(
  { provider, threads }: Device,
  { weightFolder, conversion }: WeightOptions,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Errors only: a provider warns about every operator that it leaves to the processor.
    logSeverityLevel: 3,
    enableCpuMemArena: false,
    enableMemPattern: false,
    extra: {
      session: {
        disable_prepacking: '1',
        model_external_initializers_file_folder_path: weightFolder,
        // Threads that wait in a loop take the time of others, such as those of a second arm.
        intra_op: { allow_spinning: '0' },
      },
      ...(conversion === 'every run' && {
        optimization: { disable_specified_optimizers: 'ConstantFolding' },
      }),
    },
  };
}
