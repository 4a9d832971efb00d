import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileHashes } from './file-hashes';
import type { Progress } from './place';

/**
 * The identity of a model or adapter: SHA-256 in hexadecimal digits over a UTF-8 text, so that another program can
 * compute it too. The texts are:
 *
 * - from the hub: `hub:<id>@<commit>`, the commit in 40 hexadecimal digits, no line break;
 * - a model folder: the line `folder`, then for each of config.json and the files with its tensors (model.safetensors,
 *   else those that model.safetensors.index.json names), sorted by name, a line `<name> <sha256 of the file>`;
 * - an adapter folder: the same with adapter_config.json and adapter_model.safetensors;
 * - a model with an adapter on it: the lines `merged`, `<identity of the model>`, `<identity of the adapter>`.
 *
 * Each line ends with a line feed.
 */
export function hubIdentity(id: string, commit: string): string {
  return sha256(`hub:${id}@${commit}`);
}

/**
 * Of files in a folder; see `hubIdentity`.
 *
 * @throws FileError where one cannot be read
 */
export async function folderIdentity(
  folder: string,
  names: readonly string[],
  hashes: FileHashes,
  progress: Progress,
): Promise<string> {
  const sorted = [...names].sort();
  const found = await hashes.sha256(
    sorted.map((name) => join(folder, name)),
    progress,
  );
  return sha256(['folder', ...sorted.map((name, index) => `${name} ${found[index]}`)].map(line).join(''));
}

/** Of a model with an adapter on it; see `hubIdentity`. */
export function mergedIdentity(model: string, adapter: string): string {
  return sha256(['merged', model, adapter].map(line).join(''));
}

function line(text: string): string {
  return `${text}\n`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
