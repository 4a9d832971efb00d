import type { Config, OptionPath } from './config';
import type { Experiment } from './experiment';
import { defaultOf, isOptionPath, OPTION_PATHS, optionAt, sectionAt } from './table';

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

/**
 * Back from `nestConfig`. Keys that are no options, of a newer version for instance, are passed over. An option that is
 * absent is not known: the config of a run that another trainer made can be partial.
 */
export function flattenConfig(nested: Readonly<Record<string, unknown>>): Partial<Config> {
  const flat: Record<string, unknown> = {};
  const visit = (section: Readonly<Record<string, unknown>>, prefix: string): void => {
    for (const [key, value] of Object.entries(section)) {
      const path = prefix + key;
      if (isOptionPath(path)) flat[path] = value;
      else if (sectionAt(path)) visit(value as Readonly<Record<string, unknown>>, `${path}.`);
    }
  };
  visit(nested, '');
  return flat as Partial<Config>;
}

/** The same with the default of each option that is absent: what a trainer of ours works with. */
export function completeConfig(nested: Readonly<Record<string, unknown>>): Config {
  const flat = flattenConfig(nested);
  const defaults = OPTION_PATHS.map((path) => {
    const by = decidedBy(path);
    const choice = by && (flat[by] ?? defaultOf(by));
    return [path, defaultOf(path, choice === undefined ? undefined : String(choice))];
  });
  return { ...Object.fromEntries(defaults), ...flat } as Config;
}

/** The option whose value decides the default of this one, where one does. */
function decidedBy(path: OptionPath): OptionPath | undefined {
  const fallback = optionAt(path).default;
  return typeof fallback === 'object' && 'by' in fallback ? (fallback.by as OptionPath) : undefined;
}
