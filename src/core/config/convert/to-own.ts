import { OPTION_PATHS } from '../table';
import { emitYaml, type PlainMap, putAt } from './emit-yaml';
import { KEPT_PREFIX, UNDECIDED_KEY } from './from-own';
import { type Recipe, shown } from './recipe';

/** A config of ours. What it has no option for stays under `x-` and its dialect, so that the way back has it. */
export function writeOwn(recipe: Recipe): string {
  const root: PlainMap = {};
  for (const path of OPTION_PATHS) {
    const value = recipe.values.get(path);
    if (value === undefined) continue;
    putAt(root, path.split('.'), value);
    const key = recipe.keys.get(path);
    if (key !== undefined) recipe.note('carried', `${key} is ${path} now: ${shown(value)}`);
  }
  if (recipe.undecided.size > 0) {
    root[UNDECIDED_KEY] = Object.fromEntries(recipe.undecided);
  }
  for (const [dialect, keys] of Object.entries(recipe.kept)) {
    root[KEPT_PREFIX + dialect] = keys;
    const unread = Object.entries(keys).filter(([key]) => !isRead(recipe, key));
    if (unread.length > 0) {
      recipe.note(
        'lost',
        `DPO Lab has no option for ${unread.map(([key, value]) => `${key} ${shown(value)}`).join(', ')}; ${unread.length === 1 ? 'it stays' : 'they stay'} under ${KEPT_PREFIX}${dialect} for the way back`,
      );
    }
  }
  return emitYaml(root);
}

/** Whether a kept key decides an option, too: it is kept because the option says less. */
function isRead(recipe: Recipe, key: string): boolean {
  return recipe.understood.has(key) || [...recipe.keys.values()].includes(key);
}
