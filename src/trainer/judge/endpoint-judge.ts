import { TrainingError } from '../training-error';
import type { ChatEndpoint } from './chat-endpoint';
import type { Judge, JudgedItem, JudgedText, Verdicts } from './judge';

/** Requests under way at the same time. */
const AT_ONCE = 4;

/**
 * A model that is shown both answers and says which is better. It is asked twice, with the answers in either order, and
 * where it does not name the same answer both times, the item is a tie: models prefer a place as well as an answer.
 */
export class EndpointJudge implements Judge {
  constructor(private readonly endpoint: Pick<ChatEndpoint, 'ask'>) {}

  async compare(items: readonly JudgedItem[]): Promise<Verdicts> {
    const replies: string[] = [];
    const questions = items.flatMap(({ prompt, policy, reference }) => [
      question(prompt, policy, reference),
      question(prompt, reference, policy),
    ]);
    const waiting = [...questions.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        replies[next[0]] = await this.endpoint.ask(next[1]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const verdicts = replies.map(readVerdict);
    if (verdicts.every((verdict) => verdict === undefined)) {
      throw new TrainingError(
        `No answer of the judge could be read: it is asked for A, B or tie, and said ${JSON.stringify(replies[0]?.slice(0, 200))}. Take a model that follows instructions.`,
      );
    }
    const won = items.map((_, index) => outcome(verdicts[2 * index], verdicts[2 * index + 1]));
    return { winRate: won.reduce((sum, share) => sum + share, 0) / items.length };
  }
}

type Verdict = 'A' | 'B' | 'tie';

/** Of the policy: 1 for won, 0 for lost, and 0.5 for a tie. */
function outcome(policyFirst: Verdict | undefined, policySecond: Verdict | undefined): number {
  if (policyFirst === 'A' && policySecond === 'B') return 1;
  return policyFirst === 'B' && policySecond === 'A' ? 0 : 0.5;
}

/** An answer with anything beside the verdict is none: guessing at it would favour one side. */
function readVerdict(answer: string): Verdict | undefined {
  const word = answer.trim().replace(/\.$/, '').toUpperCase();
  if (word === 'A' || word === 'B') return word;
  return word === 'TIE' ? 'tie' : undefined;
}

function question(prompt: string, first: JudgedText, second: JudgedText): string {
  return `Two answers were given to the same request. Which one serves the person who asked better? Judge helpfulness, correctness and wording; longer is not better by itself. Reply with nothing but A, B, or tie.

<request>
${prompt}
</request>

<answer_A>
${shown(first)}
</answer_A>

<answer_B>
${shown(second)}
</answer_B>`;
}

function shown({ text, ended }: JudgedText): string {
  return ended ? text : `${text} [does not end by itself: cut at the limit of its length]`;
}
