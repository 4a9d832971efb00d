import type { Answer, ChatEndpoint } from './chat-endpoint';
import type { Judge, JudgedItem, JudgedText, Verdict } from './judge';

type Endpoint = Pick<ChatEndpoint, 'ask' | 'address' | 'model'>;

/** Changes whenever the question does: verdicts on another question are another judge's. */
const QUESTION = 1;

/**
 * A model that is shown both answers and says which is better. It is asked twice, with the answers in either order: models
 * prefer a place as well as an answer. Where the server gives log-probabilities, a verdict is how likely each answer's
 * letter is; else it is the letter.
 */
export class EndpointJudge implements Judge {
  readonly atOnce = 4;
  readonly id: string;

  constructor(private readonly endpoint: Endpoint) {
    this.id = `endpoint:${endpoint.model} at ${endpoint.address}, question ${QUESTION}`;
  }

  async judge({ prompt, policy, reference }: JudgedItem, twice: boolean): Promise<Verdict> {
    // Nothing can tell them apart, so nothing is asked.
    if (policy.text === reference.text && policy.ended === reference.ended) return { verdicts: [0.5, 0.5] };
    const first = await this.#preferFirst(prompt, policy, reference);
    const second = await this.#preferFirst(prompt, reference, policy);
    const again = twice ? await this.#preferFirst(prompt, policy, reference) : undefined;
    const problem = first.problem ?? second.problem;
    return {
      verdicts: [first.preference, second.preference === null ? null : 1 - second.preference],
      ...(again && { again: again.preference }),
      ...(problem !== undefined && { problem }),
    };
  }

  /** How far the text that is shown first is preferred. */
  async #preferFirst(
    prompt: string,
    first: JudgedText,
    second: JudgedText,
  ): Promise<{ readonly preference: number | null; readonly problem?: string }> {
    const answer = await this.endpoint.ask(question(prompt, first, second));
    if ('problem' in answer) return { preference: null, problem: answer.problem };
    const preference = likelihoodOfA(answer) ?? letterIn(answer);
    if (preference !== undefined) return { preference };
    const said = JSON.stringify(answer.text.slice(0, 200));
    return { preference: null, problem: `was asked for A, B or tie, and said ${said}` };
  }
}

/**
 * p(A) / (p(A) + p(B)) of the first token, as AlpacaEval does; a tie counts half for each. A letter that is not among the
 * likeliest tokens counts 0. Undefined where neither is.
 */
function likelihoodOfA({ firstTokens }: Answer): number | undefined {
  const sums = { A: 0, B: 0, TIE: 0 };
  for (const [token, logProbability] of firstTokens ?? []) {
    const word = wordOf(token);
    if (word === 'A' || word === 'B' || word === 'TIE') sums[word] += Math.exp(logProbability);
  }
  const total = sums.A + sums.B + sums.TIE;
  return sums.A + sums.B > 0 ? (sums.A + sums.TIE / 2) / total : undefined;
}

/** An answer with anything beside the verdict is none: guessing at it would favour one side. */
function letterIn({ text }: Answer): number | undefined {
  const word = wordOf(text);
  if (word === 'A') return 1;
  if (word === 'B') return 0;
  return word === 'TIE' ? 0.5 : undefined;
}

function wordOf(text: string): string {
  return text.trim().replace(/\.$/, '').toUpperCase();
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
