import type { Config } from '../core/config/config';
import { repetition } from '../core/metrics/repetition';
import type { GeneratedText, MetricName, Sample } from '../core/runs/format';
import { mixSeeds } from '../core/seeded-random';
import type { TokenSequence } from '../engine/batch';
import type { Tuning } from '../engine/model/layout';
import { promptTokens } from './data/prompt-tokens';
import { generatedText } from './generated-text';
import type { TextModel } from './model-and-tokenizer';
import type { OpenModel } from './models/opened-model';
import { mean, type PairScore, pairMetrics, preferenceLoss, type RunObjective } from './pair-metrics';
import type { ReferencedPair } from './referenced-pair';
import { DecodingRuntime } from './runtime/decoding-runtime';
import type { Device } from './runtime/device';
import { ScoringRuntime, type SequenceScore } from './runtime/scoring-runtime';

export interface EvaluationSetup {
  readonly config: Config;
  readonly objective: RunObjective;
  readonly policy: TextModel;
  readonly tuning: Tuning;
  /** The reference model; the starting policy where there is none, or where its numbers came with the data. */
  readonly baseline: TextModel;
  readonly device: Device;
  /** Held-out pairs, none where nothing is held out. */
  readonly heldOut: readonly ReferencedPair[];
  /** Pairs after whose chosen responses the end-of-sequence token is watched. */
  readonly watched: readonly ReferencedPair[];
}

export interface EvaluationResult {
  readonly values: Partial<Record<MetricName, number>>;
  readonly samples: readonly Sample[];
}

/** What is generated for the probes, by the policy or the baseline. */
interface Answers {
  readonly texts: readonly GeneratedText[];
  readonly sequences: readonly TokenSequence[];
}

/** Sequences scored at once; more would take more memory and, on a processor, bring no speed. */
const SEQUENCES_AT_ONCE = 8;

/**
 * Looks at the policy as training goes on: the objective on held-out pairs, the end-of-sequence token, and texts generated
 * for the probes beside those of the baseline.
 */
export class Evaluator {
  #sessions: Sessions | undefined;
  /** They stay the same as long as training lasts. */
  #baselineAnswers: Answers | undefined;
  #baselineEnds: readonly number[] | undefined;

  /** @param check called often; what it throws ends an evaluation, of which nothing is kept then */
  constructor(
    private readonly setup: EvaluationSetup,
    private readonly check: () => void,
  ) {}

  /** @param parameters of the policy, flat, in the order of its layout */
  async evaluate(parameters: Float32Array): Promise<EvaluationResult> {
    const { config, device, watched } = this.setup;
    if (watched.length === 0 && config['evaluation.probes'].length === 0) return { values: {}, samples: [] };
    this.#sessions ??= new Sessions(this.setup);
    try {
      const ofPairs = await this.#scorePairs(this.#sessions, parameters);
      const { values, samples } = await this.#generate(this.#sessions, parameters);
      return { values: { ...ofPairs, ...values }, samples };
    } finally {
      // Where memory is scarce, training needs it more than the next evaluation needs the time to load again.
      if (device.profile === 'lean') await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#sessions?.close();
    this.#sessions = undefined;
  }

  async #scorePairs(
    { scoring, frozenScoring }: Sessions,
    parameters: Float32Array,
  ): Promise<Partial<Record<MetricName, number>>> {
    const { heldOut, watched, objective } = this.setup;
    if (watched.length === 0) return {};
    // In one call, so that a prompt which both responses share is computed once.
    const sequences = [...watched.map((pair) => pair.chosen), ...heldOut.map((pair) => pair.rejected)];
    const scores = await scoring.score(sequences, parameters, this.check);
    const chosen = scores.slice(0, watched.length);
    this.#baselineEnds ??= await this.#scoreEnds(frozenScoring);
    const ends = this.#baselineEnds;
    const eos_drift = mean(
      chosen.map(({ endLogp }, index) => endLogp - (ends[index] ?? 0)),
      (drift) => drift,
    );
    if (heldOut.length === 0) return { eos_drift };
    const rejected = scores.slice(watched.length);
    const pairs = heldOut.map((pair, index) => pairScore(pair, chosen[index], rejected[index]));
    return { loss: preferenceLoss(pairs, objective), ...pairMetrics(pairs, objective), eos_drift };
  }

  /** log p of the end-of-sequence token after the watched responses, in nats, before training or under the reference. */
  async #scoreEnds(frozen: ScoringRuntime): Promise<readonly number[]> {
    const { watched } = this.setup;
    const known = watched.flatMap(({ referenceEnd }) => referenceEnd ?? []);
    if (known.length === watched.length) return known;
    const chosen = watched.map((pair) => pair.chosen);
    return (await frozen.score(chosen, undefined, this.check)).map(({ endLogp }) => endLogp);
  }

  async #generate(sessions: Sessions, parameters: Float32Array): Promise<EvaluationResult> {
    const { config, policy, baseline } = this.setup;
    const asked = askedPrompts(config);
    if (asked.length === 0) return { values: {}, samples: [] };
    const seed = config['training.seed'];
    const answers = await this.#answer(sessions.decoding, policy, seed, parameters);
    // Of a stream of its own: texts that share their random numbers resemble each other, which hides who is better.
    this.#baselineAnswers ??= await this.#answer(
      sessions.baselineDecoding,
      baseline,
      mixSeeds(seed, BASELINE),
    );
    const before = this.#baselineAnswers;
    const samples = asked.map((prompt, index) => ({
      prompt,
      policy: answers.texts[index] ?? NOTHING,
      reference: before.texts[index] ?? NOTHING,
    }));
    const kl = await this.#divergence(sessions, answers.sequences, parameters);
    return {
      values: {
        generated_length: mean(answers.texts, ({ tokens }) => tokens),
        ended: mean(answers.texts, ({ ended }) => (ended ? 1 : 0)),
        reference_generated_length: mean(before.texts, ({ tokens }) => tokens),
        reference_ended: mean(before.texts, ({ ended }) => (ended ? 1 : 0)),
        repetition: meanRepetition(answers),
        reference_repetition: meanRepetition(before),
        ...(kl !== undefined && { kl }),
      },
      samples,
    };
  }

  async #answer(
    decoding: DecodingRuntime,
    { tokenizer }: TextModel,
    seed: number,
    parameters?: Float32Array,
  ): Promise<Answers> {
    const { config } = this.setup;
    const prompts = await Promise.all(askedPrompts(config).map((prompt) => promptTokens(prompt, tokenizer)));
    const generated = await decoding.generate(
      prompts,
      {
        maxNewTokens: config['evaluation.max_new_tokens'],
        temperature: config['evaluation.temperature'],
        // The same at every evaluation: what changes in the texts is then the policy's doing, not chance's.
        seed,
        endTokens: tokenizer.endTokens,
        beforeToken: this.check,
      },
      parameters,
    );
    return {
      texts: generated.map((tokens) => generatedText(tokens, tokenizer)),
      sequences: generated.map(({ tokens }, index) => {
        const prompt = prompts[index] ?? [];
        return { tokens: [...prompt, ...tokens], promptLength: prompt.length };
      }),
    };
  }

  /**
   * KL(policy || baseline), estimated on the policy's own texts: the mean over tokens of log pi - log ref, in nats.
   * Undefined for a baseline with another tokenizer, which does not see the same tokens.
   */
  async #divergence(
    { scoring, baselineScoring }: Sessions,
    sequences: readonly TokenSequence[],
    parameters: Float32Array,
  ): Promise<number | undefined> {
    if (!baselineScoring) return undefined;
    const policy = await scoring.score(sequences, parameters, this.check);
    const baseline = await baselineScoring.score(sequences, undefined, this.check);
    const sum = (scores: readonly SequenceScore[]): number =>
      scores.reduce((total, { logp }) => total + logp, 0);
    return (sum(policy) - sum(baseline)) / policy.reduce((total, { tokens }) => total + tokens, 0);
  }
}

/** Tells the baseline's random numbers from the policy's. */
const BASELINE = 1;

/** Every probe as often as it is answered: all once, then all again. */
function askedPrompts(config: Config): string[] {
  return Array.from({ length: config['evaluation.samples'] }, () => config['evaluation.probes']).flat();
}

/** What is loaded while an evaluation runs. */
class Sessions {
  readonly scoring: ScoringRuntime;
  readonly frozenScoring: ScoringRuntime;
  readonly baselineScoring: ScoringRuntime | undefined;
  readonly decoding: DecodingRuntime;
  readonly baselineDecoding: DecodingRuntime;

  constructor({ policy, baseline, tuning, device }: EvaluationSetup) {
    const { endToken, identity } = policy.tokenizer;
    const scoringOf = (model: OpenModel, how: Tuning): ScoringRuntime =>
      new ScoringRuntime(model, how, device, endToken, SEQUENCES_AT_ONCE);
    this.scoring = scoringOf(policy.model, tuning);
    this.frozenScoring = scoringOf(policy.model, FROZEN);
    this.baselineScoring =
      baseline.model === policy.model
        ? this.frozenScoring
        : baseline.tokenizer.identity === identity
          ? scoringOf(baseline.model, FROZEN)
          : undefined;
    this.decoding = new DecodingRuntime(policy.model, tuning, device);
    this.baselineDecoding = new DecodingRuntime(baseline.model, FROZEN, device);
  }

  async close(): Promise<void> {
    const { scoring, frozenScoring, baselineScoring, decoding, baselineDecoding } = this;
    const open = new Set([scoring, frozenScoring, baselineScoring, decoding, baselineDecoding]);
    for (const runtime of open) await runtime?.close();
  }
}

const FROZEN: Tuning = { kind: 'frozen' };
const NOTHING: GeneratedText = { text: '', tokens: 0, ended: true };

function meanRepetition({ sequences }: Answers): number {
  return mean(sequences, ({ tokens, promptLength }) => repetition(tokens.slice(promptLength)));
}

function pairScore(
  { reference, referenceTokens }: ReferencedPair,
  chosen: SequenceScore | undefined,
  rejected: SequenceScore | undefined,
): PairScore {
  const response = (score: SequenceScore | undefined, side: 'chosen' | 'rejected'): PairScore['chosen'] => ({
    policy: score?.logp ?? Number.NaN,
    tokens: score?.tokens ?? 0,
    reference: reference[side],
    referenceTokens: referenceTokens[side],
  });
  return { chosen: response(chosen, 'chosen'), rejected: response(rejected, 'rejected') };
}
