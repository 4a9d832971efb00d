import path from 'node:path';
import type { Pair } from '../../../src/node/data/pairs';
import type { LoadedPair } from '../../../src/trainer/data/loaded-pair';
import {
  openTokenizer,
  type TokenizerHome,
  type TrainingTokenizer,
} from '../../../src/trainer/data/training-tokenizer';
import type { Place } from '../../../src/trainer/models/place';
import { characterTokenizer, write, writeModel } from '../../node/support';

const TOKENIZERS = path.resolve(import.meta.dirname, '../fixtures/tokenizers');

export function place(folder: string): Place {
  return { baseFolder: folder, dataFolder: path.join(folder, '.dpo'), env: {} };
}

/** A model as far as its tokenizer is concerned. */
export function tokenizerHome(folder: string, configJson: object = {}, vocabularySize = 4096): TokenizerHome {
  const config = { vocabularySize } as TokenizerHome['config'];
  return { name: path.basename(folder), folder, config, configJson: { ...configJson } };
}

/** A recorded tokenizer. */
export function openFixture(
  name: 'byte-level' | 'split' | 'byte-fallback',
  chatTemplate = 'auto',
): Promise<TrainingTokenizer> {
  const folder = path.join(TOKENIZERS, name);
  return openTokenizer(tokenizerHome(folder), chatTemplate, place(folder));
}

export function text(prompt: string, chosen: string, rejected: string): Pair {
  return { format: 'strings', prompt, chosen, rejected };
}

export function chat(prompt: string, chosen: string, rejected: string): Pair {
  return {
    format: 'messages',
    prompt: [{ role: 'user', content: prompt }],
    chosen: [{ role: 'assistant', content: chosen }],
    rejected: [{ role: 'assistant', content: rejected }],
  };
}

export function loaded(...pairs: readonly Pair[]): LoadedPair[] {
  return pairs.map((pair, index) => ({ id: `pair ${index + 1}`, row: index + 1, pair }));
}

/** A model folder with one token a character, whose tokenizer puts nothing before a text. */
export function writeModelWithoutBegin(folder: string, tokenizerConfig: object = {}): string {
  return write(writeModel(folder, tokenizerConfig), {
    'tokenizer.json': { ...characterTokenizer(), post_processor: null },
  });
}
