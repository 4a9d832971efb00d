import type { LlamaConfig } from '../../core/model-config/llama-config';
import type { Graph, Tensor } from '../graph';
import type { ElementType } from '../onnx/element-type';
import type { ExternalData } from '../onnx/model';
import { cast } from '../ops/cast';
import { add } from '../ops/elementwise';
import { gemm, linear } from '../ops/matmul';
import { reshape } from '../ops/reshape';
import { concatenate, slice } from '../ops/slice';
import { GraphError } from '../shape';
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

  /**
   * Linear layers that read the same input, each with its bias and its adapter: x W^T + b + alpha / rank * (x A^T) B^T.
   * The products x A^T are made as one: they are so narrow that reading x is what they cost.
   *
   * @param x [rows, in]
   */
  linears<Kind extends LinearKind>(x: Tensor, layer: number, kinds: readonly Kind[]): Record<Kind, Tensor> {
    const part = (kind: Kind, suffix: string) => this.weight(`${linearName(layer, kind)}.${suffix}`);
    const outputs = new Map(
      kinds.map((kind) => {
        const bias = linearShape(this.config, kind).bias ? part(kind, 'bias') : undefined;
        return [kind, linear(x, part(kind, 'weight'), bias)];
      }),
    );
    const { tuning } = this.model;
    const adapted = tuning.kind === 'lora' ? kinds.filter((kind) => tuning.targets.includes(kind)) : [];
    if (tuning.kind === 'lora' && adapted.length > 0) {
      const { rank, alpha } = tuning;
      const narrow = linear(
        x,
        concatenate(
          adapted.map((kind) => part(kind, 'lora_A.weight')),
          0,
        ),
      );
      for (const [index, kind] of adapted.entries()) {
        const own = slice(narrow, 1, index * rank, (index + 1) * rank);
        const change = gemm(own, part(kind, 'lora_B.weight'), { transposeB: true, scale: alpha / rank });
        outputs.set(kind, add(outputs.get(kind) ?? 0, change));
      }
    }
    return Object.fromEntries(outputs) as Record<Kind, Tensor>;
  }
}
