import { type ComputeType, type ElementType, elementBytes } from './onnx/element-type';
import {
  type AttributeValue,
  type ExternalData,
  encodeModel,
  type InitializerRecord,
  type NodeRecord,
  type TensorInfo,
} from './onnx/model';
import { GraphError, inWords, type Shape, sizeOf } from './shape';

/** A value that will exist when the graph runs. Its shape and type are known already. */
export interface Tensor extends TensorInfo {
  readonly graph: Graph;
  /** Whether it depends on a variable, so that a loss has a gradient with respect to it. */
  readonly requiresGradient: boolean;
}

/** From dL/dy of a node's output y, the part of dL/dx that one of its inputs x gets through this node. */
export type GradientRule = (outputGradient: Tensor, output: Tensor) => Tensor;

/** One differentiable step on the way from the variables to the loss. */
export interface TapeEntry {
  readonly output: Tensor;
  readonly inputs: readonly Tensor[];
  readonly rules: readonly (GradientRule | undefined)[];
}

/** A node to add. `gradients` has one rule an input; an input without one must not require a gradient. */
export interface Operation {
  readonly operator: string;
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  /** That of the first input, unless given. */
  readonly elementType?: ElementType;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly gradients?: readonly (GradientRule | undefined)[];
}

/** An ONNX graph with static shapes, growing node by node, and the tape of what can be differentiated in it. */
export class Graph {
  readonly #nodes: NodeRecord[] = [];
  readonly #initializers: InitializerRecord[] = [];
  readonly #inputs: TensorInfo[] = [];
  readonly #outputs: TensorInfo[] = [];
  readonly #tape: TapeEntry[] = [];
  readonly #constants = new Map<string, Tensor>();
  #recording = true;

  constructor(readonly computeType: ComputeType) {}

  get inputs(): readonly TensorInfo[] {
    return this.#inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#outputs;
  }

  get tape(): readonly TapeEntry[] {
    return this.#tape;
  }

  /** A tensor that every run is given. */
  input(name: string, shape: Shape, elementType: ElementType = this.computeType): Tensor {
    this.#inputs.push({ name, elementType, shape });
    return this.#tensor(name, shape, elementType);
  }

  /** A tensor stored in the model itself: for small ones. Equal small constants are stored once. */
  constant(
    values: ArrayLike<number>,
    shape: Shape,
    elementType: ComputeType | 'int64' = this.computeType,
  ): Tensor {
    if (values.length !== sizeOf(shape)) {
      throw new GraphError(`a constant of shape ${inWords(shape)} cannot have ${values.length} values`);
    }
    const key =
      values.length <= 16 ? `${elementType} ${shape.join()}: ${Array.from(values).join()}` : undefined;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const name = `constant_${this.#initializers.length}`;
    this.#initializers.push({ name, elementType, shape, data: elementBytes(elementType, values) });
    const tensor = this.#tensor(name, shape, elementType);
    if (key !== undefined) this.#constants.set(key, tensor);
    return tensor;
  }

  /** A tensor whose values lie in a file, which the runtime maps: for weights. */
  external(name: string, shape: Shape, elementType: ElementType, data: ExternalData): Tensor {
    this.#initializers.push({ name, elementType, shape, data });
    return this.#tensor(name, shape, elementType);
  }

  /** The same tensor as a variable: what is computed from it from now on is differentiable. */
  variable(tensor: Tensor): Tensor {
    return { ...tensor, requiresGradient: true };
  }

  /**
   * Adds a node.
   *
   * @throws GraphError when an input that requires a gradient has no rule
   */
  node(operation: Operation): Tensor {
    const { operator, inputs, shape, attributes = {}, gradients = [] } = operation;
    const elementType = operation.elementType ?? inputs[0]?.elementType ?? this.computeType;
    const name = `${operator}_${this.#nodes.length}`;
    this.#nodes.push({ operator, inputs: inputs.map((input) => input.name), output: name, attributes });
    return this.differentiable(operator, this.#tensor(name, shape, elementType), inputs, gradients);
  }

  /** Gives an output, however computed, the gradient rules of a single operation on `inputs`. */
  differentiable(
    operator: string,
    output: Tensor,
    inputs: readonly Tensor[],
    rules: readonly (GradientRule | undefined)[],
  ): Tensor {
    if (!this.#recording || !inputs.some((input) => input.requiresGradient)) return output;
    const missing = inputs.findIndex((input, index) => input.requiresGradient && !rules[index]);
    if (missing >= 0) throw new GraphError(`${operator} has no gradient for its input ${missing}`);
    const differentiableOutput = { ...output, requiresGradient: true };
    this.#tape.push({ output: differentiableOutput, inputs, rules });
    return differentiableOutput;
  }

  /** What is built inside is no part of the tape: for gradients themselves, and operations with their own rule. */
  untracked<T>(build: () => T): T {
    const before = this.#recording;
    this.#recording = false;
    try {
      return build();
    } finally {
      this.#recording = before;
    }
  }

  /** Makes a tensor a result of every run, under a name. */
  output(name: string, tensor: Tensor): void {
    this.#nodes.push({ operator: 'Identity', inputs: [tensor.name], output: name, attributes: {} });
    this.#outputs.push({ name, elementType: tensor.elementType, shape: tensor.shape });
  }

  /** The bytes of the `.onnx` file. */
  encode(): Uint8Array {
    return encodeModel({
      nodes: this.#nodes,
      initializers: this.#initializers,
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }

  #tensor(name: string, shape: Shape, elementType: ElementType): Tensor {
    return { graph: this, name, shape, elementType, requiresGradient: false };
  }
}
