import { messageOf } from '../../node/files/text-files';
import { TrainingError } from '../training-error';
import type { TrainingTokenizer } from './training-tokenizer';

/**
 * Tokens of a prompt, ready to be answered: as one user message with a chat template, else as plain text. At least
 * one token.
 *
 * @throws TrainingError where the template rejects the message
 */
export function promptTokens(prompt: string, tokenizer: TrainingTokenizer): readonly number[] {
  const tokens = tokenizer.render
    ? tokenizer.encode(renderPrompt(prompt, tokenizer.render))
    : tokenizer.encodePlain(prompt);
  return tokens.length > 0 ? tokens : [tokenizer.beginToken ?? tokenizer.endToken];
}

function renderPrompt(prompt: string, render: NonNullable<TrainingTokenizer['render']>): string {
  try {
    return render([{ role: 'user', content: prompt }], 'answer');
  } catch (error) {
    throw new TrainingError(
      `The chat template rejects a single user message: ${messageOf(error)}. Name another template as data.chat_template.`,
    );
  }
}
