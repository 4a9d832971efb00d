import type { Config } from './config';
import type { Experiment } from './experiment';
import { isOptionPath, OPTION_PATHS } from './table';

/** Every option with its value: what was written, else the default. */
export function resolveConfig(experiment: Experiment): Config {
  return Object.fromEntries(OPTION_PATHS.map((path) => [path, experiment.get(path).value])) as Config;
}

/** The shape of a config file: `{ objective: { beta: 0.1 } }`. Options without a value are left out. */
export function nestConfig(config: Config): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const path of OPTION_PATHS) {
    const value = config[path];
    if (value === undefined) continue;
    const keys = path.split('.');
    let section = root;
    for (const key of keys.slice(0, -1)) {
      section[key] ??= {};
      section = section[key] as Record<string, unknown>;
    }
    section[keys.at(-1) ?? ''] = value;
  }
  return root;
}

/** Back from `nestConfig`. Keys that are no options, of a newer version for instance, are passed over. */
export function flattenConfig(nested: Readonly<Record<string, unknown>>): Config {
  const flat: Record<string, unknown> = {};
  const visit = (section: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [key, value] of Object.entries(section)) {
      const path = prefix + key;
      if (isOptionPath(path)) flat[path] = value;
      else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        visit(value as Readonly<Record<string, unknown>>, `${path}.`);
      }
    }
  };
  visit(nested, '');
  return flat as Config;
}
