import type { Config, OptionPath } from '../../../core/config/config';
import type { Experiment } from '../../../core/config/experiment';
import { OPTION_PATHS } from '../../../core/config/table';

/** What a file of another trainer decides, in our options: what it writes, and its trainer's own defaults. */
export function knownConfig(experiment: Experiment): Config {
  const known = OPTION_PATHS.filter((path) => isKnown(experiment, path));
  return Object.fromEntries(known.map((path) => [path, experiment.get(path).value])) as unknown as Config;
}

function isKnown(experiment: Experiment, path: OptionPath): boolean {
  if (path === 'backend.kind') return true;
  const { value, given, malformed, open, expressible, written } = experiment.get(path);
  if (value === undefined || malformed || open || !expressible) return false;
  // A key that says something the option table has no word for leaves the option unknown.
  return given || (written === undefined && experiment.defaultInWords(path) !== undefined);
}
