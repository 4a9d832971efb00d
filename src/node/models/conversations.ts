import type { MessagePair } from '../data/pairs';
import type { Conversation } from './tokenizer';

/** What is written of a pair: its prompt up to the answer, and the prompt with either response. */
export function conversationsOf({ prompt, chosen, rejected }: MessagePair): readonly Conversation[] {
  return [
    { messages: prompt, until: 'answer' },
    { messages: [...prompt, ...chosen], until: 'end' },
    { messages: [...prompt, ...rejected], until: 'end' },
  ];
}
