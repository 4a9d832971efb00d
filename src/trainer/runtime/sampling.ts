import { SeededRandom } from '../../core/seeded-random';
import { at } from '../../engine/at';

/** Chooses next tokens: the likeliest at temperature 0, else at random by softmax(logits / temperature). */
export class Sampler {
  readonly #random: SeededRandom;

  constructor(
    private readonly temperature: number,
    seed: number,
  ) {
    this.#random = new SeededRandom(seed);
  }

  /** @param logits [vocabulary] */
  next(logits: Float32Array): number {
    const best = likeliest(logits);
    if (this.temperature === 0) return best;
    const largest = at(logits, best);
    const weights = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / this.temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let rest = this.#random.next() * total;
    for (const [token, weight] of weights.entries()) {
      rest -= weight;
      if (rest < 0) return token;
    }
    return best;
  }
}

/** The first of the largest. A plain loop: vocabularies are long. */
function likeliest(logits: Float32Array): number {
  let [best, largest] = [0, Number.NEGATIVE_INFINITY];
  for (let token = 0; token < logits.length; token++) {
    const logit = at(logits, token);
    if (logit > largest) [best, largest] = [token, logit];
  }
  return best;
}

/**
 * A seed for each prompt that depends on nothing but the seed, the prompt's tokens (FNV-1a) and how many equal prompts
 * came before: what is sampled does not change with the company of a prompt.
 */
export function promptSeeds(prompts: readonly (readonly number[])[], seed: number): number[] {
  const seen = new Map<number, number>();
  return prompts.map((prompt) => {
    const hash = hashOf([seed, ...prompt]);
    const before = seen.get(hash) ?? 0;
    seen.set(hash, before + 1);
    return hashOf([hash, before]);
  });
}

function hashOf(numbers: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(Uint32Array.from(numbers).buffer)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
