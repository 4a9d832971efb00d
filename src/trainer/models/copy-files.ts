import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile } from '../../node/files/paths';
import { TOKENIZER_PARTS } from '../../node/hub/hub';

/** Copies what makes the tokenizer of a model folder, chat template included, as far as it is there. */
export async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of TOKENIZER_PARTS) await copyPresent(name, from, to);
}

export async function copyGenerationConfig(from: string, to: string): Promise<void> {
  await copyPresent('generation_config.json', from, to);
}

/** A copy, not a link: a file of the hub cache is a link that leads nowhere once the cache is cleared. */
async function copyPresent(name: string, from: string, to: string): Promise<void> {
  if (await isFile(join(from, name))) await copyFile(join(from, name), join(to, name));
}
