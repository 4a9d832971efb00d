import type { AlarmContext, AlarmDetector, Finding } from '../runs/alarm';
import { percent } from '../words/numbers';
import { MovingAverage } from './running-statistics';

/** Alarms over evaluations: held-out pairs, and texts generated for the probes. */
export function evaluationAlarms({ config, evalPairs }: AlarmContext): AlarmDetector[] {
  // What is not known of an imported run counts as many.
  const probes = config['evaluation.probes']?.length || Number.POSITIVE_INFINITY;
  return [runOn(probes), repeats(), overfit(() => evalPairs?.() ?? Number.POSITIVE_INFINITY)];
}

/**
 * RUN006: texts grow and no longer end by themselves, the way a policy degenerates when beta is too small. Compared with
 * the texts of the reference, else of the first evaluation: a limit of `evaluation.max_new_tokens` that cuts these off,
 * too, is no fault of training. A less likely end-of-sequence token alone is an early sign: texts may end as before.
 */
function runOn(probes: number): AlarmDetector {
  let before: Texts | undefined;
  return ({ split }, value) => {
    if (split !== 'eval') return undefined;
    const now = { length: value('generated_length'), ended: value('ended') };
    const reference = { length: value('reference_generated_length'), ended: value('reference_ended') };
    if (!before && Number.isFinite(reference.ended)) before = reference;
    else if (!before && Number.isFinite(now.ended)) before = now;
    const drift = value('eos_drift');
    if (!Number.isFinite(now.ended) && !Number.isFinite(drift)) return undefined;
    return (before && longTexts(now, before, probes)) ?? lessLikelyEnd(drift, now.ended) ?? 'well';
  };
}

interface Texts {
  /** Tokens, the mean. */
  readonly length: number;
  /** Share, 0 to 1. */
  readonly ended: number;
}

/** One-sided 95 % of a normal distribution. */
const LIKELY = 1.645;
/** Standard deviation of a text's length divided by the mean, as short answers have it. */
const LENGTH_SPREAD = 0.6;

/** @param probes few of them stray by chance: by more than what is let pass anyway, the limits give way */
function longTexts(now: Texts, before: Texts, probes: number): Finding | undefined {
  const [growth, ending] = [now.length / before.length, now.ended / before.ended];
  const long = 1.5 + Math.max(0, LIKELY * LENGTH_SPREAD * Math.sqrt(2 / probes) - 0.2);
  const few = 0.9 - Math.max(0, LIKELY * Math.sqrt((0.9 * 0.1) / probes) - 0.05);
  const isBroken = ending < 0.5 || (growth > long && ending < 0.95);
  if (!(isBroken || growth > long || ending < few)) return undefined;
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

/** Stretches of a text that repeat, beyond the reference's: a share. */
const REPEATS = { warning: 0.1, error: 0.25 };

/** RUN015: texts repeat themselves, more than those of the reference, else of the first evaluation. */
function repeats(): AlarmDetector {
  let before: number | undefined;
  return ({ split }, value) => {
    const now = value('repetition');
    if (split !== 'eval' || !Number.isFinite(now)) return undefined;
    const reference = value('reference_repetition');
    before ??= Number.isFinite(reference) ? reference : now;
    const more = now - before;
    if (more < REPEATS.warning) return 'well';
    return {
      code: 'RUN015',
      severity: more < REPEATS.error ? 'warning' : 'error',
      message: `Texts repeat themselves: ${percent(now)} of their stretches of four tokens occurred before in the same text (${percent(before)} before training). Look at some texts, and at the chosen answers of some pairs. Raise objective.beta, lower training.learning_rate, or stop at an earlier checkpoint.`,
      level: more,
      about: ['repetition', 'ended'],
    };
  };
}

/** RUN008: the loss on held-out pairs rises while the margin on training pairs still grows. */
function overfit(pairs: () => number): AlarmDetector {
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
    const byChance = LIKELY * Math.sqrt((2 * 0.25) / pairs());
    const ranksAsWell = accuracy >= bestAccuracy - Math.max(0.01, byChance);
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
