import type { TemplateFacts } from '../../core/facts';
import type { Message, MessagePair } from '../data/pairs';
import { present } from '../files/present';
import { answerOpening } from '../models/answer-opening';
import { problemText, type TemplateProblem } from '../templates/rendering';

/** A prompt as text, and with either response. */
interface Texts {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** What a template makes of pairs. */
export function summarizeTemplate(
  results: ReadonlyMap<MessagePair, Texts | TemplateProblem>,
): Omit<TemplateFacts, 'writesDate'> {
  let [refused, equal, withoutReasoning, apart] = [0, 0, 0, 0];
  let refusal: string | undefined;
  let opening: string | undefined;
  for (const [pair, texts] of results) {
    if ('problem' in texts) {
      refused++;
      refusal ??= problemText(texts);
      continue;
    }
    const { prompt, chosen, rejected } = texts;
    if (chosen === rejected) equal++;
    if (lacksReasoning(pair.chosen, chosen)) withoutReasoning++;
    if (lacksReasoning(pair.rejected, rejected)) withoutReasoning++;
    const added = answerOpening({ prompt, withChosen: chosen, withRejected: rejected });
    if (added === undefined) continue;
    apart++;
    opening ??= added;
  }
  return { pairs: results.size, refused, equal, withoutReasoning, apart, ...present({ refusal, opening }) };
}

function lacksReasoning(response: readonly Message[], text: string): boolean {
  return response.some((message) => {
    const reasoning = reasoningOf(message);
    return reasoning !== '' && !text.includes(reasoning);
  });
}

function reasoningOf({ reasoning_content, content }: Message): string {
  if (typeof reasoning_content === 'string') return reasoning_content.trim();
  const thought = typeof content === 'string' ? /<think>([\s\S]*?)<\/think>/.exec(content)?.[1] : undefined;
  return (thought ?? '').trim();
}
