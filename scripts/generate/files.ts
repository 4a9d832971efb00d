import { configSchema } from '../../src/core/config/schema';
import { configPage } from './config-page';
import { manifest } from './manifest';
import { metricsPage } from './metrics-page';
import { rulesPage } from './rules-page';
import { trainersPage } from './trainers-page';

interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  /** The file as it should be, made from what it is now. */
  make(current: string): string;
}

/** Everything that is made from the tables of the code. */
export const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'schema/dpo.schema.json', make: () => json(configSchema('strict')) },
  { path: 'schema/dpo.editor.schema.json', make: () => json(configSchema('editor')) },
  { path: 'docs/CONFIG.md', make: configPage },
  { path: 'docs/RULES.md', make: rulesPage },
  { path: 'docs/METRICS.md', make: metricsPage },
  { path: 'docs/TRAINERS.md', make: trainersPage },
  { path: 'package.json', make: manifest },
];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
