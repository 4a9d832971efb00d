import type { Shape } from '../shape';
import { ELEMENT_TYPES, type ElementType } from './element-type';
import { ProtoWriter } from './proto-writer';

/** Operators mean what version 21 of the standard set says; format 10 is the first that knows it. */
const OPERATOR_SET = 21;
const FORMAT_VERSION = 10;

/** Numbers of `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A plain number is an integer attribute: ONNX tells 1 from 1.0. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface NodeRecord {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** A slice of a file beside the model, or of one that the session is given in memory under the same name. */
export interface ExternalData {
  /** Path relative to the model file. */
  readonly location: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
}

export interface TensorInfo {
  readonly name: string;
  readonly elementType: ElementType;
  readonly shape: Shape;
}

export interface InitializerRecord extends TensorInfo {
  readonly data: Uint8Array | ExternalData;
}

export interface ModelRecord {
  readonly nodes: readonly NodeRecord[];
  readonly initializers: readonly InitializerRecord[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/**
 * The bytes of an `.onnx` file. Field numbers are those of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose message each function names.
 */
export function encodeModel(model: ModelRecord): Uint8Array {
  const graph = new ProtoWriter(); // GraphProto
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.text(2, 'graph');
  for (const initializer of model.initializers) graph.message(5, encodeTensor(initializer));
  for (const input of model.inputs) graph.message(11, encodeValueInfo(input));
  for (const output of model.outputs) graph.message(12, encodeValueInfo(output));
  return new ProtoWriter() // ModelProto
    .int(1, FORMAT_VERSION)
    .text(2, 'dpo-lab')
    .message(7, graph)
    .message(8, new ProtoWriter().text(1, '').int(2, OPERATOR_SET))
    .finish();
}

/** NodeProto */
function encodeNode(node: NodeRecord): ProtoWriter {
  const writer = new ProtoWriter();
  for (const input of node.inputs) writer.text(1, input);
  writer.text(2, node.output).text(3, node.output).text(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes))
    writer.message(5, encodeAttribute(name, value));
  return writer;
}

/** AttributeProto */
function encodeAttribute(name: string, value: AttributeValue): ProtoWriter {
  const writer = new ProtoWriter().text(1, name);
  if (typeof value === 'number') return writer.int(3, value).int(20, ATTRIBUTE_TYPE.int);
  if (typeof value === 'string') return writer.text(4, value).int(20, ATTRIBUTE_TYPE.string);
  if ('float' in value) return writer.float(2, value.float).int(20, ATTRIBUTE_TYPE.float);
  return writer.packedInts(8, value).int(20, ATTRIBUTE_TYPE.ints);
}

/** TensorProto */
function encodeTensor(tensor: InitializerRecord): ProtoWriter {
  const writer = new ProtoWriter()
    .packedInts(1, tensor.shape)
    .int(2, ELEMENT_TYPES[tensor.elementType])
    .text(8, tensor.name);
  if (tensor.data instanceof Uint8Array) return writer.bytes(9, tensor.data);
  for (const [key, value] of Object.entries(tensor.data)) {
    writer.message(13, new ProtoWriter().text(1, key).text(2, String(value)));
  }
  return writer.int(14, 1); // data_location: EXTERNAL
}

/** ValueInfoProto, with TypeProto.Tensor and TensorShapeProto inside. */
function encodeValueInfo(info: TensorInfo): ProtoWriter {
  const shape = new ProtoWriter();
  for (const length of info.shape) shape.message(1, new ProtoWriter().int(1, length));
  const tensorType = new ProtoWriter().int(1, ELEMENT_TYPES[info.elementType]).message(2, shape);
  return new ProtoWriter().text(1, info.name).message(2, new ProtoWriter().message(1, tensorType));
}
