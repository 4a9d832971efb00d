import { flattenConfig } from '../config/resolved';
import type { Producer, RunFile } from '../runs/format';

/** Options that tell arms of one experiment apart, or say how many there are and who hears of them. */
const OF_ARMS: ReadonlySet<string> = new Set([
  'objective.beta',
  'training.seed',
  'sweep.beta',
  'sweep.seeds',
  'sweep.learning_rate',
  'sweep.parallel',
  'sweep.stop_degenerate',
  'sweep.tolerance',
  'sweep.until',
  'sweep.budget_runs',
  'sweep.budget_minutes',
  'backend.torch.report_to',
]);

/** Equal for runs that differ in beta and seed alone, so that one curve of beta can be drawn through all of them. */
export function settingsKey({
  config,
  producer,
  baseFolder,
}: Pick<RunFile, 'config' | 'baseFolder'> & { readonly producer: Omit<Producer, 'version'> }): string {
  const options = Object.entries(flattenConfig(config))
    .filter(([path, value]) => !OF_ARMS.has(path) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([producer.kind, producer.trainer, baseFolder, options]);
}
