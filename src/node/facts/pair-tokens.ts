import type { TemplateFacts, TokenFacts } from '../../core/facts';
import { type MessagePair, type Pair, responseText, type TextPair } from '../data/pairs';
import { conversationsOf } from '../models/conversations';
import { type ModelTokenizer, type Render, TemplateRefused } from '../models/tokenizer';
import { limitOf, problemText, type Rendered, type TemplateProblem } from '../templates/rendering';
import { summarizeTemplate } from './template-facts';

/** Tokens of one pair, before any limit cuts it. */
export interface PairTokens {
  readonly prompt: number;
  /** With the prompt and the end-of-sequence token. */
  readonly chosen: number;
  readonly rejected: number;
  /** Responses of the pair, 0 to 2. */
  readonly withoutEos: number;
  readonly withInnerSpecial: number;
  readonly prefixMismatch: boolean;
}

interface LengthLimits {
  /** Tokens. */
  readonly maxLength: number;
  readonly maxPromptLength: number;
}

/** As much text as is tokenized in JavaScript within a few seconds. */
const PAIRS = 200;
const CHARACTERS = 2 * 1024 * 1024;

/**
 * Tokenizes the first pairs: at most 200, and 2 million characters. A pair that the template rejects is left out.
 *
 * @param render the chat template; without one, messages are joined as they are
 * @param templateName as messages call it
 * @throws TemplateRefused where the template breaks a limit
 */
export async function measurePairs(
  pairs: readonly Pair[],
  tokenizer: ModelTokenizer,
  render: Render | undefined,
  templateName = 'The chat template',
): Promise<MeasuredPairs> {
  const sampled = pairs.slice(0, PAIRS);
  const results = render
    ? await renderPairs(sampled, render, templateName)
    : new Map<MessagePair, RenderedPair>();
  const measured: PairTokens[] = [];
  let characters = 0;
  for (const pair of sampled) {
    const texts = render && pair.format === 'messages' ? results.get(pair) : joinPair(pair);
    if (!texts || 'problem' in texts) continue;
    characters += texts.prompt.length + texts.chosen.length + texts.rejected.length;
    if (characters > CHARACTERS) break;
    measured.push(measure(pair, texts, tokenizer));
  }
  return { pairs: measured, ...(results.size > 0 && { template: summarizeTemplate(results) }) };
}

/** What was measured of a sample. */
export interface MeasuredPairs {
  readonly pairs: readonly PairTokens[];
  /** Absent where no pair of messages was rendered. */
  readonly template?: Omit<TemplateFacts, 'writesDate'>;
}

/** The prompt alone, and with each response. */
interface PairTexts {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly templated: boolean;
}

type RenderedPair = PairTexts | TemplateProblem;

async function renderPairs(
  pairs: readonly Pair[],
  render: Render,
  templateName: string,
): Promise<ReadonlyMap<MessagePair, RenderedPair>> {
  const ofMessages = pairs.filter((pair): pair is MessagePair => pair.format === 'messages');
  const results = await render(ofMessages.flatMap(conversationsOf));
  const limit = limitOf(results);
  if (limit) throw new TemplateRefused(`${templateName} is refused: ${problemText(limit)}. Name another.`);
  return new Map(ofMessages.map((pair, index) => [pair, together(results.slice(3 * index, 3 * index + 3))]));
}

function together(results: readonly Rendered[]): RenderedPair {
  const problem = results.find((result) => 'problem' in result);
  if (problem && 'problem' in problem) return problem;
  const [prompt = '', chosen = '', rejected = ''] = results.flatMap((result) =>
    'text' in result ? [result.text] : [],
  );
  return { prompt, chosen, rejected, templated: true };
}

function joinPair(pair: Pair): PairTexts {
  const { prompt, chosen, rejected } = pair.format === 'messages' ? untemplated(pair) : pair;
  return { prompt, chosen: prompt + chosen, rejected: prompt + rejected, templated: false };
}

function untemplated(pair: MessagePair): Omit<TextPair, 'format'> {
  return {
    prompt: responseText(pair.prompt),
    chosen: responseText(pair.chosen),
    rejected: responseText(pair.rejected),
  };
}

function measure(pair: Pair, texts: PairTexts, tokenizer: ModelTokenizer): PairTokens {
  const [prompt, chosen, rejected] = [texts.prompt, texts.chosen, texts.rejected].map(tokenizer.encode) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  // A template writes special tokens itself; around plain text the trainer adds them, the last one included.
  const [before, after] = texts.templated ? [0, 0] : [tokenizer.addedBefore, 1];
  const isApart = !texts.chosen.startsWith(texts.prompt) || !texts.rejected.startsWith(texts.prompt);
  const specials = [tokenizer.config.bosToken, ...tokenizer.stopTokens];
  const lacksEos = (text: string): boolean => texts.templated && !endsInAny(text, tokenizer.stopTokens);
  const hasSpecial = (text: string): boolean => specials.some((token) => token && text.includes(token));
  return {
    prompt: before + prompt.length,
    chosen: before + chosen.length + after,
    rejected: before + rejected.length + after,
    withoutEos: [texts.chosen, texts.rejected].filter(lacksEos).length,
    withInnerSpecial: [responseText(pair.chosen), responseText(pair.rejected)].filter(hasSpecial).length,
    // Where the texts part, the border is theirs.
    prefixMismatch: !isApart && (!startsWith(chosen, prompt) || !startsWith(rejected, prompt)),
  };
}

/** Many templates write a line break after the last token, which does no harm. Without known tokens nothing lacks. */
function endsInAny(text: string, tokens: readonly string[]): boolean {
  const end = text.trimEnd();
  return tokens.length === 0 || tokens.some((token) => end.endsWith(token.trimEnd()));
}

function startsWith(ids: readonly number[], beginning: readonly number[]): boolean {
  return beginning.every((id, index) => ids[index] === id);
}

/**
 * What the length limits do to the measured pairs. A prompt longer than `maxPromptLength` is cut to it first, and
 * the response gets what is left of `maxLength`.
 */
export function summarizeTokens(pairs: readonly PairTokens[], limits: LengthLimits): TokenFacts {
  let [overLength, promptFills, longestPair, withoutEos, withInnerSpecial, prefixMismatch] = [
    0, 0, 0, 0, 0, 0,
  ];
  for (const pair of pairs) {
    const longest = Math.max(pair.chosen, pair.rejected);
    const prompt = Math.min(pair.prompt, limits.maxPromptLength);
    if (prompt + longest - pair.prompt > limits.maxLength) overLength++;
    if (prompt >= limits.maxLength) promptFills++;
    longestPair = Math.max(longestPair, longest);
    withoutEos += pair.withoutEos;
    withInnerSpecial += pair.withInnerSpecial;
    if (pair.prefixMismatch) prefixMismatch++;
  }
  return {
    pairs: pairs.length,
    overLength,
    promptFills,
    longestPair,
    withoutEos,
    withInnerSpecial,
    prefixMismatch,
  };
}
