import type { Experiment } from '../../config/experiment';
import { defaultOf } from '../../config/table';
import type { Facts } from '../../facts';
import { shapeOf } from '../../memory/shape';

/** What is usual for DPO, by what is trained. */
export interface UsualRates {
  readonly usual: number;
  readonly high: number;
  readonly veryHigh: number;
}

/** Published recipes: median 1e-6 over all, 5e-7 with full fine-tuning (Zephyr, the paper), 5e-6 with LoRA. */
const RATES: Record<'lora' | 'full', Omit<UsualRates, 'usual'>> = {
  full: { high: 5e-6, veryHigh: 1e-5 },
  lora: { high: 5e-5, veryHigh: 1e-4 },
};

/** The reports behind these figures are about models of 1 billion parameters and more. */
const SMALL_MODEL = 100e6;

/** Undefined for a small policy: those train well at rates that break larger ones. */
export function usualRates(experiment: Experiment, { policy }: Facts): UsualRates | undefined {
  const name = experiment.get('model.path').value;
  const parameters = name === undefined ? undefined : shapeOf(name, policy)?.parameters;
  if (parameters !== undefined && parameters < SMALL_MODEL) return undefined;
  const method = experiment.get('training.method').value;
  return { usual: Number(defaultOf('training.learning_rate', method)), ...RATES[method] };
}

export function methodInWords(experiment: Experiment): string {
  return experiment.get('training.method').value === 'lora' ? 'LoRA' : 'full fine-tuning';
}
