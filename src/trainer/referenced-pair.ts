import type { StepPair } from './runtime/training-runtime';

/** A tokenized pair with what the reference says of it. */
export interface ReferencedPair extends StepPair {
  readonly id: string;
  /** log p of the end-of-sequence token after the chosen response under the reference, in nats, where it is known. */
  readonly referenceEnd?: number;
}
