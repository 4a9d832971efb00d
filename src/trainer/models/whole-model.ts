import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parameterShapes } from '../../engine/model/parameters';
import { completeFolder } from './complete-folder';
import { copyGenerationConfig, copyTokenizer } from './copy-files';
import type { OpenModel } from './opened-model';
import { writeWeights } from './weight-files';

/** transformers splits from 5 GB on too; a larger file is unwieldy to move. */
const BYTES_PER_FILE = 5e9;

/**
 * Writes a model folder as save_pretrained does, completely or not at all. Weights are float32 whatever the base was
 * stored in: a step of DPO changes most weights by less than half a unit in the last place of bfloat16, so rounding
 * back would undo a part of the training. config.json names the type, which transformers then loads.
 *
 * @param values of a weight, by its Hugging Face name
 * @throws FileError where it cannot be written
 */
export async function writeWholeModel(
  folder: string,
  base: OpenModel,
  values: (name: string) => Promise<Float32Array>,
): Promise<void> {
  const tensors = [...parameterShapes(base.config)].map(([name, shape]) => ({
    name,
    shape,
    values: () => values(name),
  }));
  await completeFolder(folder, async (temporary) => {
    await copyTokenizer(base.folder, temporary);
    await copyGenerationConfig(base.folder, temporary);
    // The first name is that of transformers 5, the second that of its ancestors.
    const config = { ...base.configJson, dtype: 'float32', torch_dtype: 'float32' };
    await writeFile(join(temporary, 'config.json'), `${JSON.stringify(config, undefined, 2)}\n`);
    await writeWeights(temporary, tensors, BYTES_PER_FILE);
  });
}
