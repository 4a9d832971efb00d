import { parseRules } from '../../core/judge/parse-text-rules';
import { scoreText, type TextRule, winRate } from '../../core/judge/text-rules';
import { LineIndex } from '../../core/words/text';
import { readTextFile } from '../../node/files/text-files';
import { TrainingError } from '../training-error';
import type { Judge, JudgedItem, JudgedText, Verdicts } from './judge';

/** @throws TrainingError for the first thing in the file that is no rule */
export async function openRulesJudge(path: string): Promise<Judge> {
  const text = await readTextFile(path);
  const { rules, problems } = parseRules(text);
  const [first] = problems;
  if (first) {
    const { line } = new LineIndex(text).position(first.range.start);
    throw new TrainingError(
      `${path}, line ${line + 1}: ${first.message} The judge's rules are described in docs/JUDGE.md.`,
    );
  }
  return new RulesJudge(rules);
}

class RulesJudge implements Judge {
  constructor(private readonly rules: readonly TextRule[]) {}

  async compare(items: readonly JudgedItem[]): Promise<Verdicts> {
    const score = (prompt: string, { text, ended }: JudgedText): number =>
      scoreText(this.rules, prompt, text, ended);
    const policyScores = items.map(({ prompt, policy }) => score(prompt, policy));
    const referenceScores = items.map(({ prompt, reference }) => score(prompt, reference));
    return { policyScores, referenceScores, winRate: winRate(policyScores, referenceScores) };
  }
}
