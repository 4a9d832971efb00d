import { readLlamaConfig } from '../../../src/core/model-config/llama-config';
import { type Tuning, trainedLayout } from '../../../src/engine/model/layout';
import type { Model } from '../../../src/engine/model/model-tensors';
import { LINEARS, parameterShapes } from '../../../src/engine/model/parameters';
import { type ComputeType, elementBytes } from '../../../src/engine/onnx/element-type';
import { sizeOf } from '../../../src/engine/shape';
import { Random } from './random';
import type { ExternalFile } from './session';

/** Two layers, four query heads over two key heads, everything else as small as it goes. */
export const TINY_CONFIG = {
  architectures: ['LlamaForCausalLM'],
  vocab_size: 13,
  hidden_size: 16,
  intermediate_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
};

export const LORA = { kind: 'lora', rank: 2, alpha: 3, targets: LINEARS } satisfies Tuning;
export const FULL: Tuning = { kind: 'full' };
export const FROZEN: Tuning = { kind: 'frozen' };

export interface TinyModel {
  readonly model: Model;
  readonly files: readonly ExternalFile[];
  /** Starting values of what is trained. */
  readonly parameters: Float64Array;
}

/** A model with random weights, large enough that attention and gates are far from linear. */
export function tinyModel(
  fields: Readonly<Record<string, unknown>>,
  tuning: Tuning,
  computeType: ComputeType = 'float64',
): TinyModel {
  const config = readLlamaConfig({ ...TINY_CONFIG, ...fields });
  const random = new Random(7);
  const values = new Map<string, Float64Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const noise = random.normals(sizeOf(shape), 0.3);
    values.set(name, name.endsWith('norm.weight') && !config.offsetNorms ? noise.map((x) => 1 + x) : noise);
  }
  const width = computeType === 'float64' ? 8 : 4;
  const places = new Map<string, { offset: number; length: number }>();
  let offset = 0;
  for (const [name, { length }] of values) {
    places.set(name, { offset, length: length * width });
    offset += length * width;
  }
  const data = elementBytes(
    computeType,
    [...values.values()].flatMap((array) => [...array]),
  );
  const layout = trainedLayout(config, tuning);
  const parameters = new Float64Array(layout.size);
  for (const slice of layout.slices) {
    parameters.set(values.get(slice.name) ?? random.normals(slice.size, 0.2), slice.offset);
  }
  return {
    model: {
      config,
      tuning,
      weights: (name) => {
        const place = places.get(name);
        if (!place) throw new Error(`the tiny model has no ${name}`);
        return { elementType: computeType, location: 'weights.bin', ...place };
      },
    },
    files: [{ path: 'weights.bin', data }],
    parameters,
  };
}
