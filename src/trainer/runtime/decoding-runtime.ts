import { at } from '../../engine/at';
import { buildDecoding, type DecodingSize } from '../../engine/graphs/decoding';
import type { Tuning } from '../../engine/model/layout';
import { TrainingError } from '../training-error';
import { inBatches } from './buckets';
import type { Device } from './device';
import { KeyValueCache } from './key-value-cache';
import { promptSeeds, Sampler } from './sampling';
import { type RuntimeModel, SessionCache } from './session-cache';

export interface GenerateOptions {
  readonly maxNewTokens: number;
  /** 0 for the likeliest token. */
  readonly temperature: number;
  readonly seed: number;
  /** Generation stops at any of them. */
  readonly endTokens: ReadonlySet<number>;
  /** Called before each token; what it throws ends the generation. */
  readonly beforeToken?: () => void;
}

export interface Generated {
  /** With the end token, where it came. */
  readonly tokens: readonly number[];
  /** False where the limit was reached. */
  readonly ended: boolean;
}

/** Prompts answered at a time. */
const SEQUENCES = 16;
/** Tokens of a prompt read in one run. */
const STRIDE = 64;
const SMALLEST_CAPACITY = 128;

/** Answers prompts with a cache of keys and values. */
export class DecodingRuntime {
  readonly #sessions: SessionCache<DecodingSize>;

  constructor(
    private readonly model: RuntimeModel,
    tuning: Tuning,
    device: Device,
  ) {
    const conversion = device.profile === 'fast' ? 'once' : 'every run';
    this.#sessions = new SessionCache(model, tuning, device, buildDecoding, conversion);
  }

  /**
   * @param prompts of one token or more each
   * @param parameters of the tuning, where it has any
   * @returns answers in the order of the prompts
   * @throws TrainingError where a text may become longer than the attention window of the model
   */
  async generate(
    prompts: readonly (readonly number[])[],
    options: GenerateOptions,
    parameters: Float32Array = new Float32Array(),
  ): Promise<Generated[]> {
    this.#checkLength(prompts, options.maxNewTokens);
    const seeds = promptSeeds(prompts, options.seed);
    const answers: Generated[] = [];
    const indicesByLength = inBatches([...prompts.keys()], (index) => at(prompts, index).length, SEQUENCES);
    for (const indices of indicesByLength) {
      const batch = indices.map((index) => new Answer(at(prompts, index), at(seeds, index), options));
      await this.#answer(batch, parameters, options.beforeToken);
      for (const [place, index] of indices.entries()) {
        const { tokens, ended } = at(batch, place);
        answers[index] = { tokens, ended };
      }
    }
    return answers;
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  #checkLength(prompts: readonly (readonly number[])[], maxNewTokens: number): void {
    const { longestSequence = Number.POSITIVE_INFINITY } = this.model.config;
    const longest = Math.max(...prompts.map((prompt) => prompt.length));
    if (longest + maxNewTokens <= longestSequence) return;
    throw new TrainingError(
      `A prompt of ${longest} tokens and ${maxNewTokens} new ones exceed the positions of ${this.model.name}, ` +
        `${longestSequence} tokens. Shorten the prompt, or ask for fewer new tokens.`,
    );
  }

  async #answer(
    answers: readonly Answer[],
    parameters: Float32Array,
    beforeToken?: () => void,
  ): Promise<void> {
    const sequences = 2 ** Math.ceil(Math.log2(answers.length));
    const cache = new KeyValueCache(this.model.config, sequences, SMALLEST_CAPACITY);
    while (answers.some(({ pending }) => pending.length > 0)) {
      beforeToken?.();
      const longest = Math.max(...answers.map(({ pending }) => pending.length));
      const width = longest === 1 ? 1 : STRIDE;
      const fed = answers.map((answer) => answer.pending.splice(0, width));
      const logits = await this.#feed(fed, width, cache, parameters);
      const { vocabularySize } = this.model.config;
      for (const [place, answer] of answers.entries()) {
        // The prompt of one is still being read, another has ended.
        if (answer.pending.length > 0 || at(fed, place).length === 0) continue;
        answer.continue(logits.subarray(place * vocabularySize, (place + 1) * vocabularySize));
      }
    }
  }

  /** @returns logits after the last new token of each sequence, [sequences, vocabulary] */
  async #feed(
    fed: readonly (readonly number[])[],
    width: number,
    cache: KeyValueCache,
    parameters: Float32Array,
  ): Promise<Float32Array> {
    const { sequences } = cache;
    const capacity = capacityFor(Math.max(...cache.filled) + width);
    cache.grow(capacity);
    const tokens = new BigInt64Array(sequences * width);
    for (const [place, fresh] of fed.entries()) tokens.set(fresh.map(BigInt), place * width);
    const counts = Array.from({ length: sequences }, (_, place) => fed[place]?.length ?? 0);
    const last_rows = BigInt64Array.from(counts, (count, place) =>
      BigInt(place * width + Math.max(0, count - 1)),
    );
    const session = await this.#sessions.get({ sequences, width, capacity });
    const results = await session.run({ tokens, last_rows, parameters, ...cache.inputs });
    cache.append(results, width, counts);
    return results.logits ?? new Float32Array();
  }
}

/** One prompt on its way to an answer. */
class Answer implements Generated {
  readonly tokens: number[] = [];
  ended = false;
  /** Tokens that the model has not seen yet. */
  readonly pending: number[];
  readonly #sampler: Sampler;

  constructor(
    prompt: readonly number[],
    seed: number,
    private readonly options: GenerateOptions,
  ) {
    this.pending = [...prompt];
    this.#sampler = new Sampler(options.temperature, seed);
  }

  /** @param logits [vocabulary], after the last token so far */
  continue(logits: Float32Array): void {
    const token = this.#sampler.next(logits);
    this.tokens.push(token);
    this.ended = this.options.endTokens.has(token);
    if (!this.ended && this.tokens.length < this.options.maxNewTokens) this.pending.push(token);
  }
}

/** Powers of two: each capacity needs a session of its own. */
function capacityFor(positions: number): number {
  return Math.max(SMALLEST_CAPACITY, 2 ** Math.ceil(Math.log2(positions)));
}
