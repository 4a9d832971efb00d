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
