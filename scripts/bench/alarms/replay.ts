import { AlarmWatch } from '../../../src/core/alarms/alarm-watch';
import { check } from '../../../src/core/check/check';
import { resolveConfig } from '../../../src/core/config/resolved';
import type { AlarmChange } from '../../../src/core/runs/alarm';
import type { RecordedRun } from './train-runs';

/** Held-out pairs of the example. */
const EVAL_PAIRS = 200;

/** What a run raises, in the order of its steps; texts are judged when they are generated. */
export function alarmsOf({ flaw, beta, learningRate, steps, lines, judged }: RecordedRun): AlarmChange[] {
  const text = `model: ./m\ndata: { train: a.jsonl }\nobjective: { beta: ${beta}${flaw === 'chosen answers repeat' ? ', sft_weight: 1' : ''} }\ntraining: { steps: ${steps}, learning_rate: ${learningRate}, method: full }\n`;
  const config = resolveConfig(check(text, 'a.dpo.yaml').experiment);
  const watch = new AlarmWatch({ config, totalSteps: () => steps, evalPairs: () => EVAL_PAIRS });
  return lines.flatMap((line) => {
    const texts = line.split === 'eval' ? judged.find(({ step }) => step === line.step) : undefined;
    return [...watch.see({ time: 0, ...line }), ...(texts ? watch.seeJudged(line.step, texts) : [])];
  });
}
