import type { Experiment, Setting } from '../experiment';
import { formatOf, read } from '../read';
import { isOptionPath, OPTION_PATHS } from '../table';
import { entryOf, type Plain, toPlain } from '../tree';
import { isMap } from './emit-yaml';
import { Recipe, shown } from './recipe';

/** Where our files keep what another trainer's file did not decide. */
export const UNDECIDED_KEY = 'x-undecided';
/** Begins the names of sections with keys that only another trainer reads, such as `x-trl`. */
export const KEPT_PREFIX = 'x-';

/** A config of ours as it can be written for another trainer. */
export function recipeOfOwn(experiment: Experiment, text: string, fileName: string): Recipe {
  const recipe = new Recipe('dpo-lab', 'DPO Lab');
  const { root } = read(text, formatOf(fileName));
  for (const entry of root?.kind === 'map' ? root.entries : []) {
    const value = toPlain(entry.value);
    if (entry.key.startsWith(KEPT_PREFIX) && entry.key !== UNDECIDED_KEY && isMap(value))
      recipe.kept[entry.key.slice(KEPT_PREFIX.length)] = value;
  }
  const undecided = entryOf(root, UNDECIDED_KEY)?.value;
  const reasons: Plain = undecided ? toPlain(undecided) : {};
  for (const [path, reason] of isMap(reasons) ? Object.entries(reasons) : []) {
    if (!isOptionPath(path) || experiment.get(path).given) continue;
    recipe.undecided.set(path, String(reason));
    recipe.note('undecided', `${path}: ${String(reason)}`);
  }
  for (const path of OPTION_PATHS) {
    const setting: Setting<unknown> = experiment.get(path);
    if (setting.given) {
      recipe.values.set(path, setting.value as Plain);
      recipe.keys.set(path, setting.key);
      recipe.undecided.delete(path);
    } else if (setting.malformed) {
      recipe.undecided.set(path, shown(setting.written));
    }
  }
  return recipe;
}
