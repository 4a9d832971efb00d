import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Tuning, trainedLayout } from '../../engine/model/layout';
import { writeSafetensors } from '../../node/models/safetensors-writer';
import { ADAPTER_CONFIG, ADAPTER_PREFIX, ADAPTER_WEIGHTS } from './adapter';
import { completeFolder } from './complete-folder';
import { copyTokenizer } from './copy-files';
import type { OpenModel } from './opened-model';

/**
 * Writes a PEFT adapter folder with the base model's tokenizer beside it. PEFT finds the base by its hub id and commit,
 * or by its absolute folder.
 *
 * @param parameters flat, in the order of `trainedLayout`
 * @throws FileError where it cannot be written; the folder is then as it was
 */
export async function writeAdapter(
  folder: string,
  base: OpenModel,
  tuning: Tuning & { readonly kind: 'lora' },
  parameters: Float32Array,
): Promise<void> {
  const { slices } = trainedLayout(base.config, tuning);
  const tensors = slices.map(({ name, shape, offset, size }) => ({
    name: `${ADAPTER_PREFIX}${name}`,
    shape,
    values: async () => parameters.subarray(offset, offset + size),
  }));
  await completeFolder(folder, async (temporary) => {
    await copyTokenizer(base.folder, temporary);
    const config = `${JSON.stringify(adapterConfig(base, tuning), undefined, 2)}\n`;
    await writeFile(join(temporary, ADAPTER_CONFIG), config);
    await writeSafetensors(join(temporary, ADAPTER_WEIGHTS), tensors);
  });
}

function adapterConfig({ source, folder }: OpenModel, tuning: Tuning & { readonly kind: 'lora' }): object {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: source.kind === 'hub' ? source.id : folder,
    revision: source.kind === 'hub' ? source.commit : null,
    inference_mode: true,
    r: tuning.rank,
    lora_alpha: tuning.alpha,
    lora_dropout: 0,
    target_modules: tuning.targets,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    modules_to_save: null,
    use_dora: false,
    use_rslora: false,
  };
}
