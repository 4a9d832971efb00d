import { check } from '../../core/check/check';
import { factQuery } from '../../core/check/fact-query';
import type { Facts } from '../../core/facts';
import { createFactsCaches, gatherFacts } from '../../node/facts/gather-facts';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';

/** What is known about a config beyond its text. */
export type FactSource = (text: string, configFile: string) => Promise<Facts>;

export const NO_FACTS: FactSource = async () => ({});

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
