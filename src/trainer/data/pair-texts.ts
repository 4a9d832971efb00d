import { type MessagePair, type Pair, responseText } from '../../node/data/pairs';
import { messageOf } from '../../node/files/text-files';
import type { Render } from '../../node/models/tokenizer';
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
export function pairTexts({ pair, row }: LoadedPair, tokenizer: TrainingTokenizer): PairTexts {
  if (pair.format !== 'messages') return plainTexts(pair, tokenizer.endText);
  if (tokenizer.render) return templatedTexts(pair, row, tokenizer.render);
  if (tokenizer.joinsMessages) return plainTexts(pair, tokenizer.endText);
  throw new TrainingError(
    'The data holds messages, but the model has no chat template to turn them into text. Name the Jinja file it was fine-tuned with as data.chat_template, or write none there to join the messages as they are.',
  );
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

function templatedTexts(pair: MessagePair, row: number, render: Render): PairTexts {
  try {
    return {
      prompt: render(pair.prompt, 'answer'),
      withChosen: render([...pair.prompt, ...pair.chosen], 'end'),
      withRejected: render([...pair.prompt, ...pair.rejected], 'end'),
      templated: true,
    };
  } catch (error) {
    throw new TrainingError(
      `The chat template rejects the pair of row ${row}: ${messageOf(error)}. Mend or remove the row, or name another template as data.chat_template.`,
    );
  }
}
