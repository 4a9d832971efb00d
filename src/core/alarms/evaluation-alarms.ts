import type { AlarmDetector, Finding } from '../runs/alarm';
import { percent } from '../words/numbers';
import { MovingAverage } from './running-statistics';

/** Alarms over evaluations: held-out pairs, and texts generated for the probes. */
export function evaluationAlarms(): AlarmDetector[] {
  return [runOn(), overfit()];
}

/**
 * RUN006: texts grow and no longer end by themselves, the way a policy degenerates when beta is too small. Compared with
 * the texts of the reference, else of the first evaluation: a limit of `evaluation.max_new_tokens` that cuts these off,
 * too, is no fault of training. A less likely end-of-sequence token alone is an early sign: texts may end as before.
 */
function runOn(): AlarmDetector {
  let before: Texts | undefined;
  return ({ split }, value) => {
    if (split !== 'eval') return undefined;
    const now = { length: value('generated_length'), ended: value('ended') };
    const reference = { length: value('reference_generated_length'), ended: value('reference_ended') };
    if (!before && Number.isFinite(reference.ended)) before = reference;
    else if (!before && Number.isFinite(now.ended)) before = now;
    const drift = value('eos_drift');
    if (!Number.isFinite(now.ended) && !Number.isFinite(drift)) return undefined;
    return (before && longTexts(now, before)) ?? lessLikelyEnd(drift, now.ended) ?? 'well';
  };
}

interface Texts {
  /** Tokens, the mean. */
  readonly length: number;
  /** Share, 0 to 1. */
  readonly ended: number;
}

function longTexts(now: Texts, before: Texts): Finding | undefined {
  const [growth, ending] = [now.length / before.length, now.ended / before.ended];
  const isBroken = ending < 0.5 || (growth > 1.5 && ending < 0.95);
  if (!(isBroken || growth > 1.5 || ending < 0.9)) return undefined;
  const texts = `${percent(now.ended)} of the generated texts end by themselves (${percent(before.ended)} before training), at ${Math.round(now.length)} tokens on average (${Math.round(before.length)} before)`;
  return {
    code: 'RUN006',
    severity: isBroken ? 'error' : 'warning',
    message: `${isBroken ? 'Only ' : ''}${texts}. The policy forgets to stop, as it does when beta is too small: raise objective.beta, or stop at an earlier checkpoint.`,
    level: Math.max(growth || 1, ending > 0.05 ? 1 / ending : 20),
    about: ['generated_length', 'ended'],
  };
}

function lessLikelyEnd(drift: number, ended: number): Finding | undefined {
  if (!(drift < -1)) return undefined;
  const texts = Number.isFinite(ended)
    ? ` ${percent(ended)} of the generated texts end by themselves.`
    : ' Add evaluation.probes to see whether texts still end.';
  return {
    code: 'RUN006',
    severity: 'info',
    message: `End-of-text less likely (EOS ${drift.toFixed(1)} nats) after chosen responses than under the reference. That is an early sign, and usual at betas that do well.${texts}`,
    level: -drift,
    about: ['eos_drift', 'ended'],
  };
}

/** RUN008: the loss on held-out pairs rises while the margin on training pairs still grows. */
function overfit(): AlarmDetector {
  const margin = new MovingAverage();
  let marginBefore = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let leastStep = 0;
  let above = 0;
  let bestAccuracy = Number.NEGATIVE_INFINITY;
  return ({ split, step }, value) => {
    if (split === 'train') {
      margin.see(value('log_ratio_margin'));
      return undefined;
    }
    const loss = value('loss');
    if (!Number.isFinite(loss)) return undefined;
    if (loss < least) [least, leastStep] = [loss, step];
    const grows = margin.value > marginBefore;
    marginBefore = margin.value;
    above = loss > 1.1 * least && grows ? above + 1 : 0;
    const accuracy = value('accuracy');
    // Where pairs are ranked as well as ever, only the scale of the rewards has outgrown them.
    const ranksAsWell = accuracy >= bestAccuracy - 0.01;
    if (accuracy > bestAccuracy) bestAccuracy = accuracy;
    if (loss <= 1.1 * least) return 'well';
    if (above < 2) return undefined;
    return {
      code: 'RUN008',
      severity: ranksAsWell ? 'info' : 'warning',
      level: loss / least,
      about: ['loss', 'accuracy'],
      message: `The loss on held-out pairs rose to ${loss.toPrecision(3)}; it was lowest at step ${leastStep} with ${least.toPrecision(3)}, while the margin on training pairs still grows. The run over-fits: keep the checkpoint near that step, or train for fewer steps.`,
    };
  };
}
