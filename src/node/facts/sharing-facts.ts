import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Sharing } from '../../core/facts';
import { sharingOf } from '../../core/memory/sharing';
import { readTextFile } from '../files/text-files';

/** What an accelerate config, YAML or JSON, says of devices; undefined where it cannot be read. Never throws. */
export async function readSharing(path: string, baseFolder: string): Promise<Sharing | undefined> {
  try {
    return sharingOf(parse(await readTextFile(resolve(baseFolder, path)), { maxAliasCount: 0 }));
  } catch {
    return undefined;
  }
}
