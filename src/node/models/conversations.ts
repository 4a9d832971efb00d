import type { MessagePair } from '../data/pairs';
import { present } from '../files/present';
import type { Conversation } from './tokenizer';

/** What is written of a pair: its prompt up to the answer, and the prompt with either response. */
export function conversationsOf({
  prompt,
  chosen,
  rejected,
  tools,
  kwargs,
}: MessagePair): readonly Conversation[] {
  const more = present({ tools, kwargs });
  return [
    { messages: prompt, until: 'answer', ...more },
    { messages: [...prompt, ...chosen], until: 'end', ...more },
    { messages: [...prompt, ...rejected], until: 'end', ...more },
  ];
}
