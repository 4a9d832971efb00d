import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { readTextFile } from '../files/text-files';
import { type CardConfig, cardConfigs } from './dataset-card';
import { filesOfSplit } from './hub-dataset-files';

/** The file of a dataset's repository that describes it. */
export const CARD = 'README.md';

/** What the card in a folder says of configs. Without a card: nothing. */
export async function readCard(folder: string): Promise<readonly CardConfig[]> {
  return cardConfigs(await readTextFile(join(folder, CARD)).catch(() => ''));
}

/** The files of a split among those in a folder, such as a snapshot in the cache; none are downloaded. */
export async function splitInFolder(
  id: string,
  folder: string,
  query: { readonly split: string; readonly config: string | undefined },
): Promise<ReturnType<typeof filesOfSplit>> {
  const names = await glob('**/*', { cwd: folder, deep: 4 }).catch(() => []);
  return filesOfSplit(id, names, query, await readCard(folder));
}
