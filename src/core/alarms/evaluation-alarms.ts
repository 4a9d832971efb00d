import type { AlarmDetector } from '../runs/alarm';
import { MovingAverage } from './running-statistics';

/** Alarms over evaluations: held-out pairs, and texts generated for the probes. */
export function evaluationAlarms(): AlarmDetector[] {
  return [runOn(), overfit()];
}

/**
 * RUN006: texts grow and no longer end by themselves, the way a policy degenerates when beta is too small. Compared with
 * the texts of the reference, else of the first evaluation: a limit of `evaluation.max_new_tokens` that cuts these off,
 * too, is no fault of training.
 */
function runOn(): AlarmDetector {
  let before: { readonly length: number; readonly ended: number } | undefined;
  return ({ split }, value) => {
    if (split !== 'eval') return undefined;
    const now = { length: value('generated_length'), ended: value('ended') };
    const reference = { length: value('reference_generated_length'), ended: value('reference_ended') };
    if (!before && Number.isFinite(reference.ended)) before = reference;
    else if (!before && Number.isFinite(now.ended)) before = now;
    const drift = value('eos_drift');
    const start = before ?? { length: Number.NaN, ended: Number.NaN };
    const texts = `${percent(now.ended)} of the generated texts end by themselves (${percent(start.ended)} before training), at ${Math.round(now.length)} tokens on average (${Math.round(start.length)} before)`;
    const advice =
      'The policy forgets to stop, as it does when beta is too small: raise objective.beta, or stop at an earlier checkpoint.';
    if (start.ended > 0 && now.ended < 0.5 * start.ended)
      return { code: 'RUN006', severity: 'error', message: `Only ${texts}. ${advice}` };
    if (now.length > 1.5 * start.length || now.ended < 0.9 * start.ended)
      return { code: 'RUN006', severity: 'warning', message: `${texts}. ${advice}` };
    if (drift < -1) {
      return {
        code: 'RUN006',
        severity: 'warning',
        message: `The end-of-sequence token after chosen responses became ${(-drift).toFixed(1)} nats less likely than under the reference. ${advice}`,
      };
    }
    return undefined;
  };
}

/** RUN008: the loss on held-out pairs rises while the margin on training pairs still grows. */
function overfit(): AlarmDetector {
  const margin = new MovingAverage();
  let marginBefore = Number.NEGATIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  let leastStep = 0;
  let above = 0;
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
    if (above < 2) return undefined;
    return {
      code: 'RUN008',
      severity: 'warning',
      message: `The loss on held-out pairs rose to ${loss.toPrecision(3)}; it was lowest at step ${leastStep} with ${least.toPrecision(3)}, while the margin on training pairs still grows. The run over-fits: keep the checkpoint near that step, or train for fewer steps.`,
    };
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
