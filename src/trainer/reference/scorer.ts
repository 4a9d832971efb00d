import type { TokenSequence } from '../../engine/batch';
import type { TextModel } from '../model-and-tokenizer';
import type { Progress } from '../models/place';
import type { Device } from '../runtime/device';
import { ScoringRuntime, type SequenceScore } from '../runtime/scoring-runtime';

/** A model that rates responses, as it is stored. */
export interface Scorer {
  /** @returns scores in the order of the sequences */
  score(
    sequences: readonly TokenSequence[],
    progress: Progress,
  ): Promise<readonly Pick<SequenceScore, 'logp' | 'tokens' | 'endLogp'>[]>;
  close(): Promise<void>;
}

/** Loads a model to score with. */
export type OpenScorer = (speaker: TextModel) => Scorer;

/** Sequences in one run of the graph. */
const AT_ONCE = 8;

/** Scores with the weights as they are stored: the base model of a LoRA run serves as its reference without a copy. */
export function scoresOn(device: Device): OpenScorer {
  return ({ model, tokenizer }) => {
    const runtime = new ScoringRuntime(model, { kind: 'frozen' }, device, tokenizer.endToken, AT_ONCE);
    return {
      score: (sequences, progress) => runtime.score(sequences, undefined, progress),
      close: () => runtime.close(),
    };
  };
}
