import type { Config } from '../../core/config/config';
import type { PairSettings } from '../../node/data/pairs';

/** How a config reads rows as pairs. */
export function pairSettings(config: Config): PairSettings {
  return {
    columns: {
      prompt: config['data.columns.prompt'],
      chosen: config['data.columns.chosen'],
      rejected: config['data.columns.rejected'],
    },
    ranked: config['data.ranked'],
    emptyPrompts: config['data.empty_prompts'],
  };
}
