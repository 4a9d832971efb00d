import { check, isConfigFile } from '../../core/check/check';
import { factQuery } from '../../core/check/fact-query';
import type { Facts } from '../../core/facts';
import { readingFacts } from '../../node/configs/reading-facts';
import { createFactsCaches, gatherFacts } from '../../node/facts/gather-facts';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';

/** What is known about a config beyond its text. */
export type FactSource = (text: string, configFile: string) => Promise<Facts>;

/** Versions of trainers, and the files that one of another trainer builds upon: part of its text, so to speak. */
function withReading(configFile: string, text: string, facts: Facts): Facts {
  return isConfigFile(configFile) ? facts : { ...facts, reading: readingFacts(configFile, text) };
}

export const NO_FACTS: FactSource = async (text, configFile) => withReading(configFile, text, {});

/** Looks at the models, data and runs on this machine; configs that share them are checked faster after the first. */
export function localFacts(cwd: string): FactSource {
  const caches = createFactsCaches();
  return async (text, configFile) => {
    const reading = withReading(configFile, text, {});
    const { experiment } = check(text, configFile, reading);
    const workspaceFolder = await workspaceOf(configFile, cwd);
    const query = factQuery(experiment, { configFile, workspaceFolder, dataFolder: DATA_FOLDER });
    return { ...(await gatherFacts(query, { caches })), ...reading };
  };
}
