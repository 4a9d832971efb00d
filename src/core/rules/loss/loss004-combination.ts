import { asList, asText } from '../../config/dialects/values';
import type { OwnKeys } from '../../config/experiment';
import type { Finding, Rule } from '../../rule';
import { isOn, isRewritten, keysFor, trlKeys } from '../own-keys';

/** Losses that TRL can combine with another divergence than the reverse Kullback-Leibler one. */
const DIVERGENT = new Set([
  'sigmoid',
  'sigmoid_norm',
  'hinge',
  'ipo',
  'exo_pair',
  'robust',
  'discopop',
  'sft',
]);

export const LOSS004: Rule = {
  code: 'LOSS004',
  title: 'These losses do not go together',
  severity: 'error',
  when: 'For TRL or axolotl: weights of losses that are not as many as the losses; several losses with `use_liger_kernel`; another `f_divergence_type` than reverse_kl with a loss that has none.',
  why: 'The trainer stops at the start, after it has loaded the model and prepared the data.',
  todo: 'Give one weight for each loss; use one loss with the fused kernel; keep reverse_kl for the other losses.',
  evidence: ['Source of TRL 1.13, DPOConfig and DPOTrainer: each of these raises a ValueError.'],
  *check(experiment) {
    const trl = trlKeys(experiment);
    const axolotl = keysFor(experiment, 'axolotl');
    if (trl) yield* combined(trl, 'loss_type', 'loss_weights', 'use_liger_kernel');
    if (axolotl) yield* combined(axolotl, 'dpo_loss_type', 'dpo_loss_weights', 'dpo_use_liger_kernel');
    if (trl && isRewritten(trl)) yield* divergence(trl);
  },
};

function* combined(own: OwnKeys, lossKey: string, weightKey: string, ligerKey: string): Iterable<Finding> {
  const { entries, file } = own;
  const losses = file.has(lossKey) ? asList(file.value(lossKey)) : ['sigmoid'];
  const weights = file.has(weightKey) ? asList(file.value(weightKey)) : undefined;
  if (losses && weights && weights.length !== losses.length) {
    yield {
      at: 'objective.loss',
      key: weightKey,
      message: `${weightKey} has ${weights.length} ${weights.length === 1 ? 'value' : 'values'} for ${losses.length} ${losses.length === 1 ? 'loss' : 'losses'}: each loss needs one.`,
      fixes: [{ title: `Remove ${weightKey}: all losses count the same`, edits: entries.remove(weightKey) }],
    };
  }
  if (losses && losses.length > 1 && isOn(own, ligerKey)) {
    yield {
      at: 'objective.loss',
      key: ligerKey,
      message: `The fused kernel computes one loss, and ${lossKey} has ${losses.length}.`,
      fixes: [{ title: `Remove ${ligerKey}`, edits: entries.remove(ligerKey) }],
    };
  }
}

function* divergence({ entries, file }: OwnKeys): Iterable<Finding> {
  const type = asText(file.value('f_divergence_type'));
  const losses = file.has('loss_type') ? asList(file.value('loss_type')) : ['sigmoid'];
  const without = losses?.find((loss) => !DIVERGENT.has(String(loss)));
  if (type === undefined || type === 'reverse_kl' || without === undefined) return;
  yield {
    at: 'objective.loss',
    key: 'f_divergence_type',
    message: `The loss ${without} has no other divergence than reverse_kl, and TRL stops at the start with ${type}.`,
    fixes: [{ title: 'Remove f_divergence_type', edits: entries.remove('f_divergence_type') }],
  };
}
