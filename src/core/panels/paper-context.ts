import { modelFamily } from '../config/model-names';
import { flattenConfig } from '../config/resolved';
import { nearestPairOf } from '../paper/nearest-pair';
import { type BetaSweep, OWN_REFERENCE_SWEEPS } from '../paper/paper';
import type { RunFile } from '../runs/format';

/** A curve of the paper, to be seen beside a sweep: other models, other data, another judge. */
export interface PaperContext {
  /** `mistral-7b-sft with itself as reference`. */
  readonly pair: string;
  /** Ascending. Win rates in percent; undefined where texts no longer ended. */
  readonly points: readonly { readonly beta: number; readonly winRate: number | undefined }[];
}

/** Of the pair of models nearest to a run's; undefined where the paper swept no such reward. */
export function paperContext({ config }: Pick<RunFile, 'config'>): PaperContext | undefined {
  const options = flattenConfig(config);
  const reference = options['reference.policy'];
  if (reference === undefined || reference === 'none' || options['reference.score'] !== 'conditional')
    return undefined;
  if (options['objective.loss'] !== 'sigmoid' || options['objective.length_normalized']) return undefined;
  const family = modelFamily(options['model.path'] ?? '');
  const isOwn = reference === 'same' || reference === options['model.path'];
  const sweep = isOwn ? nearestOwn(family) : nearestPairOf(family, modelFamily(reference));
  if (!sweep) return undefined;
  return {
    pair: `${sweep.policy} with ${isOwn ? 'itself' : sweep.reference} as reference`,
    points: sweep.winRates.toReversed().map(({ beta, winRate }) => ({
      beta,
      winRate: winRate === 'degenerate' ? undefined : winRate,
    })),
  };
}

function nearestOwn(family: string | undefined): BetaSweep | undefined {
  const same = OWN_REFERENCE_SWEEPS.find(({ policy }) => modelFamily(policy) === family);
  return same ?? OWN_REFERENCE_SWEEPS[0];
}
