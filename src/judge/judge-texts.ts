import { createHash } from 'node:crypto';
import type { Judgement } from '../core/judge/judgement';
import type { Judge, JudgedItem } from './judge';
import { JudgeError } from './judge-error';

/** Texts to judge, with their place. */
export interface TextsToJudge extends JudgedItem {
  readonly step: number;
  readonly item: number;
  readonly of: number;
}

/** Questions asked twice, to see whether the judge agrees with itself. */
const ASKED_TWICE = 20;

/** What was judged before, whatever the step. */
export class KnownVerdicts {
  readonly #byTexts = new Map<string, Judgement>();
  readonly #byPlace = new Map<string, string>();

  constructor(
    private readonly judge: string,
    judgements: readonly Judgement[],
  ) {
    for (const judgement of judgements) this.add(judgement);
  }

  add(judgement: Judgement): void {
    const { step, item, of, texts, judge, verdicts } = judgement;
    if (judge !== this.judge) return;
    this.#byPlace.set(`${step} ${item}`, `${texts} ${of}`);
    // A verdict that could not be read may come out the next time.
    if (!verdicts.includes(null)) this.#byTexts.set(texts, judgement);
  }

  /** Whether this place has a judgement of these very texts. */
  has({ step, item, of }: TextsToJudge, texts: string): boolean {
    return this.#byPlace.get(`${step} ${item}`) === `${texts} ${of}`;
  }

  of(texts: string): Judgement | undefined {
    return this.#byTexts.get(texts);
  }
}

/**
 * Judges the texts that have no judgement yet. Where no answer of a judge can be read, nothing more is asked.
 *
 * @param write gets each judgement as it is made, in any order
 * @param asksTwice whether some questions are asked a second time
 * @throws JudgeError where the judge cannot be asked, or none of its answers could be read
 */
export async function judgeTexts(
  texts: readonly TextsToJudge[],
  judge: Judge,
  known: KnownVerdicts,
  write: (judgement: Judgement) => void,
  asksTwice = false,
): Promise<void> {
  const waiting = texts
    .map((one) => ({ one, key: keyOf(one) }))
    .filter(({ one, key }) => !known.has(one, key));
  const total = waiting.length;
  let unread = 0;
  let problem = '';
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { one, key } = next;
      const before = known.of(key);
      const verdict = before ?? (await judge.judge(one, asksTwice && one.item < ASKED_TWICE));
      const { verdicts, scores, again } = verdict;
      if (verdicts.includes(null)) unread++;
      problem = verdict.problem ?? problem;
      const judgement: Judgement = {
        kind: 'judgement',
        time: Date.now(),
        step: one.step,
        item: one.item,
        of: one.of,
        judge: judge.id,
        texts: key,
        verdicts,
        lengths: [codePoints(one.policy.text), codePoints(one.reference.text)],
        ...(scores && { scores }),
        ...(again !== undefined && { again }),
        ...(verdict.problem !== undefined && { problem: verdict.problem }),
      };
      known.add(judgement);
      write(judgement);
    }
  };
  const workers = Array.from({ length: judge.atOnce }, () =>
    work().catch((error: unknown) => {
      waiting.length = 0; // The others ask nothing more.
      throw error;
    }),
  );
  // All end before this does: nothing is written after it.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  if (total > 0 && unread === total) {
    throw new JudgeError(
      `No answer of the judge could be read: it ${problem}. Take a model that follows instructions.`,
    );
  }
}

function keyOf({ prompt, policy, reference }: JudgedItem): string {
  const parts = [prompt, policy.text, policy.ended, reference.text, reference.ended];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Unicode code points: the same in every language. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
