import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storedLength, type TensorToWrite, writeSafetensors } from '../../node/models/safetensors-writer';

/**
 * Writes the weights of a model as save_pretrained does: model.safetensors, or numbered files with an index where all
 * together are larger than one file may be.
 *
 * @param bytesPerFile a file is larger only where one tensor is
 */
export async function writeWeights(
  folder: string,
  tensors: readonly TensorToWrite[],
  bytesPerFile: number,
): Promise<void> {
  const parts = split(tensors, bytesPerFile);
  const [first] = parts;
  if (first !== undefined && parts.length === 1) {
    return writeSafetensors(join(folder, 'model.safetensors'), first);
  }
  const weightMap: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = `model-${numbered(index + 1)}-of-${numbered(parts.length)}.safetensors`;
    for (const tensor of part) weightMap[tensor.name] = name;
    await writeSafetensors(join(folder, name), part);
  }
  const size = tensors.reduce((sum, tensor) => sum + storedLength(tensor), 0);
  const index = { metadata: { total_size: size }, weight_map: weightMap };
  await writeFile(join(folder, 'model.safetensors.index.json'), `${JSON.stringify(index, undefined, 2)}\n`);
}

function split(tensors: readonly TensorToWrite[], bytesPerFile: number): TensorToWrite[][] {
  const parts: TensorToWrite[][] = [];
  let free = 0;
  for (const tensor of tensors) {
    const part = parts.at(-1);
    const length = storedLength(tensor);
    if (part !== undefined && length <= free) {
      part.push(tensor);
      free -= length;
    } else {
      parts.push([tensor]);
      free = bytesPerFile - length;
    }
  }
  return parts;
}

function numbered(index: number): string {
  return String(index).padStart(5, '0');
}
