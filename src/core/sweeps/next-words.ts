import { duration } from '../words/numbers';
import { LEAST_GAIN, type NextStep } from './decision/next-step';
import { points } from './verdict-words';

/** What to do next, and what it brings. Trainings are counted by who knows which exist. */
export function nextWords({ kind, answers, prompts, lossNow, lossAfter, minutes }: NextStep): string {
  const gains = lossNow - lossAfter >= LEAST_GAIN;
  if (!gains && kind === 'seeds') return 'One seed cannot show how much trainings differ.';
  if (!gains && kind === 'betas') return 'The highest win rate lies at the edge of the betas tried.';
  if (!gains) return `Judge ${prompts} prompts: the proof needs more of them.`;
  const gain = `lowers the expected loss from ${points(lossNow)} to ${points(lossAfter)}`;
  const time = `about ${duration(60_000 * minutes)}`;
  if (kind === 'answers') return `Judge ${answers} answers a prompt: ${gain}, in ${time}.`;
  if (kind === 'prompts') return `Judge ${prompts} prompts: ${gain}, in ${time} with writing them.`;
  return `Of all next steps this one gains most for its time: it ${gain}.`;
}
