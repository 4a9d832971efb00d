import type { FactQuery, ReadData, TemplateFacts } from '../../core/facts';
import type { Sample } from '../data/sample';
import { filesKey, type Memo } from '../files/memo';
import { resolvePath } from '../files/paths';
import { present } from '../files/present';
import {
  compileTemplate,
  findTemplate,
  loadTokenizer,
  type ModelTokenizer,
  TOKENIZER_FILES,
  writesDate,
} from '../models/tokenizer';
import { measurePairs, type PairTokens, summarizeTokens } from './pair-tokens';

interface CountedPairs {
  readonly pairs: readonly PairTokens[];
  readonly template?: TemplateFacts;
}

export interface TokenCaches {
  readonly tokenizers: Memo<ModelTokenizer>;
  readonly tokens: Memo<CountedPairs>;
}

/**
 * Counts tokens of sampled pairs with the policy's tokenizer and the chat template that the config asks for.
 * No tokens where no pair could be counted.
 *
 * @param folder the policy's
 * @throws FileError where the tokenizer or the template cannot be used
 */
export async function countTokens(
  sample: Sample,
  folder: string,
  query: Pick<FactQuery, 'baseFolder' | 'chatTemplate' | 'maxLength' | 'maxPromptLength'>,
  caches: TokenCaches,
): Promise<Pick<ReadData, 'tokens' | 'template'>> {
  const { chatTemplate, baseFolder } = query;
  const tokenizerKey = await filesKey(folder, TOKENIZER_FILES);
  const templateFile = isFileName(chatTemplate) ? resolvePath(chatTemplate, baseFolder) : undefined;
  const templateKey = templateFile === undefined ? chatTemplate : await filesKey('', [templateFile]);
  // Limits are not part of the key: changing one while typing costs no tokenizing.
  const measured = await caches.tokens(`${sample.key}\n${tokenizerKey}\n${templateKey}`, async () => {
    const tokenizer = await caches.tokenizers(tokenizerKey, () => loadTokenizer(folder));
    const template = await findTemplate(chatTemplate, baseFolder, tokenizer.config);
    const render = template && (await compileTemplate(template, tokenizer.config));
    const { pairs, template: made } = await measurePairs(sample.pairs, tokenizer, render, template?.name);
    return { pairs, ...(made && { template: { ...made, writesDate: writesDate(template?.text ?? '') } }) };
  });
  const { pairs, template } = measured;
  return present({ tokens: pairs.length > 0 ? summarizeTokens(pairs, query) : undefined, template });
}

function isFileName(chatTemplate: string): boolean {
  return chatTemplate !== 'auto' && chatTemplate !== 'none';
}
