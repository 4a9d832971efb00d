import { dirname, join } from 'node:path';
import { check } from '../core/check';
import { factQuery } from '../core/fact-query';
import type { Facts } from '../core/facts';
import { createFactsCaches, gatherFacts } from '../node/facts';
import { isFolder } from '../node/paths';

/** What is known about a config beyond its text. */
export type FactSource = (text: string, configFile: string) => Promise<Facts>;

export const NO_FACTS: FactSource = async () => ({});

const DATA_FOLDER = '.dpo';

/** Looks at the models, data and runs on this machine; configs that share them are checked faster after the first. */
export function localFacts(cwd: string): FactSource {
  const caches = createFactsCaches();
  return async (text, configFile) => {
    const { experiment } = check(text, configFile);
    const workspaceFolder = await workspaceOf(configFile, cwd);
    return gatherFacts(factQuery(experiment, { configFile, workspaceFolder, dataFolder: DATA_FOLDER }), {
      caches,
    });
  };
}

/** The closest folder at or above the config that holds runs, else the folder the command was started in. */
async function workspaceOf(configFile: string, cwd: string): Promise<string> {
  for (let folder = dirname(configFile); ; folder = dirname(folder)) {
    if (await isFolder(join(folder, DATA_FOLDER))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}
