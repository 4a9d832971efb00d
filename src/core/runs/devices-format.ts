/** What `onnx-trainer.js devices` prints, a line for each: whether and how the embedded trainer can compute there. */
export interface DeviceLine {
  /** As `backend.device` names it. */
  readonly device: 'auto' | 'cpu' | 'cuda' | 'webgpu' | 'dml' | 'coreml';
  readonly usable: boolean;
  /** What it is where it can be used, else why not, in a sentence. */
  readonly words: string;
}
