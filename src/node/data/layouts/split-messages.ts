import { contentText, isSameMessage, type Message } from '../messages';

interface SplitConversations {
  readonly prompt: readonly Message[];
  readonly chosen: readonly Message[];
  readonly rejected: readonly Message[];
}

/**
 * A text prompt beside message lists repeats their first question, or is the only question where they begin with the
 * answer. A message prompt can be repeated at the beginning of the lists, too, also with other white space.
 */
export function splitMessages(
  prompt: readonly Message[],
  asked: string | undefined,
  chosen: readonly Message[],
  rejected: readonly Message[],
): SplitConversations {
  const onlySystem = prompt.every(({ role }) => role === 'system');
  // Conversations that bring their own system message need none from a column.
  const before = onlySystem && chosen[0]?.role === 'system' ? [] : prompt;
  const skipped = startsWith(chosen, before) && startsWith(rejected, before) ? before.length : 0;
  const shared = onlySystem ? sharedMessages(chosen, rejected) : [];
  const from = skipped + shared.length;
  const isAsked = [...before, ...shared].some(({ role }) => role === 'user');
  return {
    prompt: [...before, ...shared, ...(isAsked ? [] : asQuestion(asked))],
    chosen: chosen.slice(from),
    rejected: rejected.slice(from),
  };
}

/** Messages that both conversations begin with; at least one is left to each as its response. */
function sharedMessages(chosen: readonly Message[], rejected: readonly Message[]): readonly Message[] {
  const limit = Math.min(chosen.length, rejected.length) - 1;
  let length = 0;
  while (length < limit && isSameMessage(chosen[length], rejected[length])) length++;
  return chosen.slice(0, length);
}

/** A conversation that ends with its prompt has no response, so it does not count as repeating the prompt. */
function startsWith(conversation: readonly Message[], prompt: readonly Message[]): boolean {
  return (
    conversation.length > prompt.length &&
    prompt.every((message, index) => isRepeated(message, conversation[index]))
  );
}

function isRepeated(message: Message, other: Message | undefined): boolean {
  if (isSameMessage(message, other)) return true;
  const squeezed = (text: string): string => text.replace(/\s+/g, ' ').trim();
  return other?.role === message.role && squeezed(contentText(other)) === squeezed(contentText(message));
}

/** A text prompt as a message. */
export function asQuestion(asked: string | undefined): readonly Message[] {
  return asked ? [{ role: 'user', content: asked }] : [];
}
