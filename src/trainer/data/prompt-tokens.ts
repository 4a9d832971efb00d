import { problemText } from '../../node/templates/rendering';
import { TrainingError } from '../training-error';
import type { TrainingTokenizer } from './training-tokenizer';

/**
 * Tokens of a prompt, ready to be answered: as one user message with a chat template, else as plain text. At least
 * one token.
 *
 * @throws TrainingError where the template rejects the message
 */
export async function promptTokens(prompt: string, tokenizer: TrainingTokenizer): Promise<readonly number[]> {
  const tokens = tokenizer.render
    ? tokenizer.encode(await renderPrompt(prompt, tokenizer.render))
    : tokenizer.encodePlain(prompt);
  return tokens.length > 0 ? tokens : [tokenizer.beginToken ?? tokenizer.endToken];
}

async function renderPrompt(
  prompt: string,
  render: NonNullable<TrainingTokenizer['render']>,
): Promise<string> {
  const [result] = await render([{ messages: [{ role: 'user', content: prompt }], until: 'answer' }]);
  if (result && 'text' in result) return result.text;
  throw new TrainingError(
    `The chat template rejects a single user message: ${result ? problemText(result) : 'it gives no text'}. Name another template as data.chat_template.`,
  );
}
