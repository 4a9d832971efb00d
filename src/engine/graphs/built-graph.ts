import type { Graph } from '../graph';
import type { TensorInfo } from '../onnx/model';

/** A graph ready to be loaded. Files that its weights lie in are looked for beside the model file. */
export interface BuiltGraph {
  /** The `.onnx` file. */
  readonly bytes: Uint8Array;
  /** Every run is given all of these. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

export function finish(graph: Graph): BuiltGraph {
  return { bytes: graph.encode(), inputs: graph.inputs, outputs: graph.outputs };
}
