import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { type FoundConfigs, findConfigs } from '../../src/node/configs/find-configs';

/** What the editor and the command line search a folder with. */
export function findAll(folder: string): FoundConfigs {
  useDialects(FOREIGN_DIALECTS);
  return findConfigs(folder);
}
