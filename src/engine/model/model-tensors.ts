import type { Graph, Tensor } from '../graph';
import type { ElementType } from '../onnx/element-type';
import type { ExternalData } from '../onnx/model';
import { cast } from '../ops/cast';
import { add } from '../ops/elementwise';
import { gemm, linear } from '../ops/matmul';
import { reshape } from '../ops/reshape';
import { slice } from '../ops/slice';
import { GraphError } from '../shape';
import type { LlamaConfig } from './config';
import { type Layout, type Tuning, trainedLayout } from './layout';
import { type LinearKind, linearName, linearShape, parameterShapes } from './parameters';

/** Where the bytes of a frozen weight are, in a `.safetensors` file for instance. */
export interface StoredWeight extends ExternalData {
  readonly elementType: ElementType;
}

/** A model to build graphs of. */
export interface Model {
  readonly config: LlamaConfig;
  readonly tuning: Tuning;
  /** Finds a weight by its Hugging Face name; not asked for what is trained. */
  readonly weights: (name: string) => StoredWeight;
}

/** The weights of a model as tensors of one graph: trained ones cut from the input `parameters`, others from files. */
export class ModelTensors {
  readonly layout: Layout;
  /** In the order of the layout. */
  readonly trained: readonly Tensor[];
  readonly #byName = new Map<string, Tensor>();
  readonly #shapes;

  constructor(
    private readonly graph: Graph,
    private readonly model: Model,
  ) {
    this.#shapes = parameterShapes(model.config);
    this.layout = trainedLayout(model.config, model.tuning);
    const flat = this.layout.size > 0 ? graph.input('parameters', [this.layout.size]) : undefined;
    this.trained = this.layout.slices.flatMap(({ name, shape, offset, size }) => {
      if (!flat) return [];
      const tensor = graph.variable(reshape(slice(flat, 0, offset, offset + size), shape));
      this.#byName.set(name, tensor);
      return [tensor];
    });
  }

  get config(): LlamaConfig {
    return this.model.config;
  }

  /** A weight by its Hugging Face name, in the type that the graph computes in. */
  weight(name: string): Tensor {
    const known = this.#byName.get(name);
    if (known) return known;
    const shape = this.#shapes.get(name);
    if (!shape) throw new GraphError(`the model has no weight ${name}`);
    const { elementType, ...data } = this.model.weights(name);
    const tensor = cast(this.graph.external(name, shape, elementType, data), this.graph.computeType);
    this.#byName.set(name, tensor);
    return tensor;
  }

  /** A linear layer with its bias and its adapter: x W^T + b + alpha / rank * (x A^T) B^T. x is [rows, in]. */
  linear(x: Tensor, layer: number, kind: LinearKind): Tensor {
    const name = linearName(layer, kind);
    const { bias } = linearShape(this.config, kind);
    const y = linear(x, this.weight(`${name}.weight`), bias ? this.weight(`${name}.bias`) : undefined);
    const { tuning } = this.model;
    if (tuning.kind !== 'lora' || !tuning.targets.includes(kind)) return y;
    const narrow = linear(x, this.weight(`${name}.lora_A.weight`));
    const wide = this.weight(`${name}.lora_B.weight`);
    return add(y, gemm(narrow, wide, { transposeB: true, scale: tuning.alpha / tuning.rank }));
  }
}
