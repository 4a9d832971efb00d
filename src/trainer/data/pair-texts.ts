import { type Pair, responseText } from '../../node/data/pairs';
import { conversationsOf } from '../../node/models/conversations';
import type { Render } from '../../node/models/tokenizer';
import { problemText, type Rendered } from '../../node/templates/rendering';
import { TrainingError } from '../training-error';
import type { LoadedPair } from './loaded-pair';
import type { TrainingTokenizer } from './training-tokenizer';

/** A prompt, and what it becomes with either response. */
export interface PairTexts {
  readonly prompt: string;
  readonly withChosen: string;
  readonly withRejected: string;
  /** The chat template wrote all special tokens. */
  readonly templated: boolean;
}

/**
 * Messages are written with the chat template; to text, the end-of-sequence token is appended where a response does not
 * end with it.
 *
 * @throws TrainingError where messages cannot be written
 */
export async function pairTexts(
  pairs: readonly LoadedPair[],
  tokenizer: TrainingTokenizer,
): Promise<readonly PairTexts[]> {
  const ofMessages = pairs.filter(({ pair }) => pair.format === 'messages');
  const { render, joinsMessages, endText } = tokenizer;
  if (ofMessages.length > 0 && !render && !joinsMessages) {
    throw new TrainingError(
      'The data holds messages, but the model has no chat template to turn them into text. Name the Jinja file it was fine-tuned with as data.chat_template, or write none there to join the messages as they are.',
    );
  }
  const templated = render ? await templatedTexts(ofMessages, render) : undefined;
  return pairs.map((loaded) => templated?.get(loaded) ?? plainTexts(loaded.pair, endText));
}

function plainTexts(pair: Pair, end: string): PairTexts {
  const [prompt, chosen, rejected] = [pair.prompt, pair.chosen, pair.rejected].map(responseText) as [
    string,
    string,
    string,
  ];
  const ended = (response: string): string => (response.endsWith(end) ? response : response + end);
  return {
    prompt,
    withChosen: prompt + ended(chosen),
    withRejected: prompt + ended(rejected),
    templated: false,
  };
}

async function templatedTexts(
  pairs: readonly LoadedPair[],
  render: Render,
): Promise<ReadonlyMap<LoadedPair, PairTexts>> {
  const conversations = pairs.flatMap(({ pair }) =>
    pair.format === 'messages' ? conversationsOf(pair) : [],
  );
  const results = await render(conversations);
  const texts = new Map<LoadedPair, PairTexts>();
  for (const [index, loaded] of pairs.entries()) {
    const [prompt = '', withChosen = '', withRejected = ''] = results
      .slice(3 * index, 3 * index + 3)
      .map((result) => textOf(result, loaded.row));
    texts.set(loaded, { prompt, withChosen, withRejected, templated: true });
  }
  return texts;
}

function textOf(result: Rendered, row: number): string {
  if ('text' in result) return result.text;
  const problem = problemText(result);
  throw new TrainingError(
    result.isLimit
      ? `The chat template cannot be used: ${problem}. Name another as data.chat_template.`
      : `The chat template rejects the pair of row ${row}: ${problem}. Fix or remove the row, or name another template as data.chat_template.`,
  );
}
