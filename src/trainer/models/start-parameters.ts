import { mixSeeds, SeededRandom } from '../../core/seeded-random';
import { type Tuning, trainedLayout } from '../../engine/model/layout';
import type { OpenModel } from './opened-model';
import { readTensor } from './stored-tensor';

/**
 * The values that training starts from, flat in the order of `trainedLayout`. Full: the stored weights. LoRA: each A is
 * uniform in (-1 / sqrt(inputs), 1 / sqrt(inputs)), which is PEFT's default (Kaiming with a = sqrt(5)), and each B is
 * 0, so that the first step sees the base model. The seed decides A, tensor by tensor.
 */
export async function startParameters(model: OpenModel, tuning: Tuning, seed: number): Promise<Float32Array> {
  const layout = trainedLayout(model.config, tuning);
  const parameters = new Float32Array(layout.size);
  for (const [index, { name, shape, offset, size }] of layout.slices.entries()) {
    const stored = model.tensors.get(name);
    if (stored !== undefined) {
      parameters.set(await readTensor(stored), offset);
    } else if (name.endsWith('.lora_A.weight')) {
      const random = new SeededRandom(mixSeeds(seed, index));
      const bound = 1 / Math.sqrt(shape[1] ?? 1);
      for (let i = offset; i < offset + size; i++) parameters[i] = (2 * random.next() - 1) * bound;
    }
  }
  return parameters;
}
