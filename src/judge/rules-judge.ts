import { createHash } from 'node:crypto';
import { parseRules } from '../core/judge/parse-text-rules';
import { scoreText, type TextRule } from '../core/judge/text-rules';
import { LineIndex } from '../core/words/text';
import { readTextFile } from '../node/files/text-files';
import { byScores, type Judge, type JudgedItem, type JudgedText, type Verdict } from './judge';
import { JudgeError } from './judge-error';
import { TookTooLong, withinTime } from './time-limit';

/** Milliseconds that all rules together may take for one text. Sound patterns take less than one. */
const TIME_LIMIT = 2000;

/** @throws JudgeError for the first thing in the file that is no rule */
export async function openRulesJudge(path: string, timeLimit = TIME_LIMIT): Promise<Judge> {
  const text = await readTextFile(path);
  const { rules, problems } = parseRules(text);
  const [first] = problems;
  if (first) {
    const { line } = new LineIndex(text).position(first.range.start);
    throw new JudgeError(
      `${path}, line ${line + 1}: ${first.message} The judge's rules are described in docs/JUDGE.md.`,
    );
  }
  const hash = createHash('sha256').update(text).digest('hex');
  return new RulesJudge(path, `rules:${hash.slice(0, 16)}`, rules, timeLimit);
}

class RulesJudge implements Judge {
  readonly atOnce = 1;

  constructor(
    private readonly path: string,
    readonly id: string,
    private readonly rules: readonly TextRule[],
    private readonly timeLimit: number,
  ) {}

  async judge({ prompt, policy, reference }: JudgedItem): Promise<Verdict> {
    return byScores(this.#score(prompt, policy), this.#score(prompt, reference));
  }

  #score(prompt: string, { text, ended }: JudgedText): number {
    const score = (rules: readonly TextRule[]): number =>
      withinTime(this.timeLimit, () => scoreText(rules, prompt, text, ended));
    try {
      return score(this.rules);
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      throw new JudgeError(
        `${this.path}: the rules took longer than ${this.timeLimit / 1000} seconds for a text of ${text.length} characters. Patterns with several repetitions of the same characters in a row, such as a*a*b, take ever longer on long texts: write one repetition.`,
      );
    }
  }
}
