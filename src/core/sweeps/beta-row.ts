import { isDegenerate } from '../runs/alarm';
import { fromJsonNumber, type MetricName } from '../runs/format';
import type { ArmSummary } from './format';

/** The arms of one beta: means over seeds. */
export interface BetaRow {
  readonly beta: number;
  readonly seeds: number;
  /** NaN where it was not measured. */
  readonly quality: number;
  /** Tokens of a generated text, policy divided by reference. */
  readonly lengthRatio: number;
  /** Share of generated texts that end by themselves. */
  readonly ended: number;
  readonly referenceEnded: number;
  /** Nats. */
  readonly eosDrift: number;
  /** Nats a token. */
  readonly kl: number;
  readonly accuracy: number;
  /** Of the last training step logged. */
  readonly trainLoss: number;
  /** Why this beta is past the cliff, in words; undefined where it is not. */
  readonly degenerate: string | undefined;
}

/** Texts this much longer than the reference's are run-on (RUN006). */
export const LONG = 1.5;
/** Texts that end by themselves this much less often than the reference's do not know how to stop (RUN006). */
export const ENDING = 0.9;

/** An arm that was stopped because its texts no longer end has said what there is to say. */
export function hasBrokenOff({ state, alarms }: ArmSummary): boolean {
  return state === 'stopped' && alarms.some(isDegenerate);
}

/** Whether an arm has something to say: it completed, or was stopped because its texts no longer end. */
export function isCounted(arm: ArmSummary): boolean {
  return arm.state === 'completed' || hasBrokenOff(arm);
}

/** @param arms of one beta, at least one */
export function betaRow(beta: number, arms: readonly ArmSummary[], metric: MetricName): BetaRow {
  const held = (name: MetricName): number[] => arms.map((arm) => fromJsonNumber(arm.eval[name]));
  // What an arm had reached when it was stopped is not what it would have come to.
  const qualities = arms
    .filter((arm) => !hasBrokenOff(arm))
    .map(({ eval: values }) => fromJsonNumber(values[metric]));
  const ended = mean(held('ended'));
  const referenceEnded = mean(held('reference_ended'));
  const lengthRatio = mean(held('generated_length')) / mean(held('reference_generated_length'));
  return {
    beta,
    seeds: arms.length,
    quality: mean(qualities),
    lengthRatio,
    ended,
    referenceEnded,
    eosDrift: mean(held('eos_drift')),
    kl: mean(held('kl')),
    accuracy: mean(held('accuracy')),
    trainLoss: mean(arms.map((arm) => fromJsonNumber(arm.train.loss))),
    degenerate: degeneration(ended, referenceEnded, lengthRatio) ?? breakOff(arms),
  };
}

function degeneration(ended: number, referenceEnded: number, lengthRatio: number): string | undefined {
  if (ended < ENDING * referenceEnded) {
    return `only ${Math.round(100 * ended)} % of its texts end by themselves (reference: ${Math.round(100 * referenceEnded)} %)`;
  }
  return lengthRatio > LONG
    ? `its texts are ${lengthRatio.toFixed(1)} times as long as the reference's`
    : undefined;
}

function breakOff(arms: readonly ArmSummary[]): string | undefined {
  const [first] = arms.filter(hasBrokenOff);
  return first && `its texts no longer ended, so it was stopped at step ${first.step}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
