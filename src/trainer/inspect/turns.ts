import type { Turn } from '../../core/panels/pairs-page';
import { contentText, type Message } from '../../node/data/messages';

/** Characters of a text that a list carries to be searched. */
const START = 2000;

export function start(text: string): string {
  return text.slice(0, START);
}

/** A prompt for people: who says what, where it is a conversation. */
export function turnsOf(prompt: string | readonly Message[]): Turn[] {
  return typeof prompt === 'string'
    ? [{ text: prompt }]
    : prompt.map((message) => ({ role: message.role, text: contentText(message) }));
}
