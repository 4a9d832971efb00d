import type { JudgedTexts } from '../judge/judged-texts';
import type { AlarmContext, AlarmDetector, Finding } from '../runs/alarm';
import { percent } from '../words/numbers';
import { short } from './alarm-words';
import { MovingAverage } from './running-statistics';
import { wilson } from './share-interval';

/** Alarms over what training has come to: who wins, and how held-out pairs are ranked. */

/** Two-sided 95 % and 99 % of a normal distribution. */
const [LIKELY, SURE] = [1.96, 2.576];

/** RUN013: texts lose against those of the reference more often than chance explains. */
export function worseThanStart(
  { config }: AlarmContext,
  { winRate, count }: Pick<JudgedTexts, 'winRate' | 'count'>,
): Finding | 'well' | undefined {
  if (count === 0 || !Number.isFinite(winRate)) return undefined;
  const isStart = config['reference.policy'] === 'same';
  // Answers to one probe are alike: what chance does to them is judged by the number of probes.
  const probes = count / (config['evaluation.samples'] ?? 1);
  const [low, high] = wilson(winRate, probes, LIKELY);
  if (high >= 0.5) return 'well';
  return {
    code: 'RUN013',
    severity: wilson(winRate, probes, SURE)[1] < 0.5 ? 'error' : 'warning',
    message: `Texts win ${percent(winRate)} against those of ${isStart ? 'the starting policy' : 'the reference'} (95 % interval ${percent(low)} to ${percent(high)}, ${count} texts): worse than ${isStart ? 'without training' : 'the reference'}. Take an earlier checkpoint, raise objective.beta, or lower training.learning_rate.`,
    level: 0.5 - winRate,
    about: ['win_rate'],
  };
}

/** Alarms over how held-out pairs are ranked, compared with the pairs that are trained on. */
export function outcomeAlarms(context: AlarmContext): AlarmDetector[] {
  return [swappedLabels(context), trivialPairs(context)];
}

/** RUN014: held-out pairs are ranked the wrong way round more often than chance explains, as training pairs are the right way. */
function swappedLabels({ evalPairs }: AlarmContext): AlarmDetector {
  const trained = new MovingAverage();
  return ({ split, step }, value) => {
    if (split === 'train') trained.see(value('accuracy'));
    const [accuracy, pairs] = [value('accuracy'), evalPairs?.() ?? 0];
    // Before the first step policy and reference are the same, or differ by what training has not done.
    if (split !== 'eval' || step === 0 || !Number.isFinite(accuracy) || pairs === 0) return undefined;
    const [low, high] = wilson(accuracy, pairs, LIKELY);
    if (wilson(accuracy, pairs, 3)[1] >= 0.5) return high >= 0.5 ? 'well' : undefined;
    // What is learned of swapped pairs shows in the others the other way round. Less says that they differ in something else.
    if (trained.count > 0 && 0.5 - accuracy < MIRRORED * (trained.value - 0.5)) return undefined;
    return {
      code: 'RUN014',
      severity: 'error',
      message: `Only ${percent(accuracy)} of ${pairs} held-out pairs are ranked as labelled (95 % interval ${percent(low)} to ${percent(high)}), at a margin of ${short(value('log_ratio_margin'))} nats. Labels look swapped, in the training pairs or in the held-out ones: look at some of both.`,
      level: 0.5 - accuracy,
      about: ['accuracy', 'log_ratio_margin'],
    };
  };
}

/** Of what training pairs are ranked above chance, the part by which held-out ones of swapped labels are below it at least. */
const MIRRORED = 0.5;

/** RUN004, too: training pairs are told apart, held-out pairs are not, before over-fitting can explain it. */
function trivialPairs({ evalPairs, totalSteps }: AlarmContext): AlarmDetector {
  const trained = new MovingAverage();
  return ({ split, step }, value) => {
    if (split === 'train') trained.see(value('accuracy'));
    const [accuracy, pairs] = [value('accuracy'), evalPairs?.() ?? 0];
    const isEarly = step > 0 && step <= 0.5 * (totalSteps() ?? 0);
    if (split !== 'eval' || !isEarly || !Number.isFinite(accuracy) || pairs === 0) return undefined;
    const [low] = wilson(accuracy, pairs, LIKELY);
    if (!(trained.value >= 0.9 && low <= 0.5 && trained.value - accuracy >= 0.3)) return undefined;
    return {
      code: 'RUN004',
      severity: 'error',
      message: `${percent(trained.value)} of training pairs are ranked as labelled, and ${percent(accuracy)} of ${pairs} held-out pairs: no better than chance. Training pairs are told apart by something that held-out pairs do not have, such as a phrase, a length or a format that all chosen responses share. Look at some of both.`,
      about: ['accuracy'],
    };
  };
}
