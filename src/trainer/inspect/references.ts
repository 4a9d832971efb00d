import type { Config } from '../../core/config/config';
import { askedReference } from '../../core/reference/reference-asked';
import type { ReferenceRow } from '../../core/reference/reference-format';
import type { TokenSequence } from '../../engine/batch';
import { findAskedKey } from '../../node/runs/reference-tables';
import type { LoadedPair } from '../data/loaded-pair';
import type { TokenizedPair } from '../data/tokenize-pairs';
import type { TextModel } from '../model-and-tokenizer';
import type { Progress } from '../models/place';
import { referenceFolder } from '../reference/obtain-reference';
import { referencePairs } from '../reference/reference-pairs';
import { TableFiles } from '../reference/table-files';
import type { Device } from '../runtime/device';
import { ScoringRuntime, type SequenceScore } from '../runtime/scoring-runtime';
import { AT_ONCE, type Policies } from './policies';

/** How a reference rates a response: nats, and its own tokens. */
export interface ReferenceSums {
  readonly chosen: number;
  readonly rejected: number;
  readonly chosenTokens: number;
  readonly rejectedTokens: number;
}

export interface ReferencesOf {
  readonly config: Config;
  readonly dataFolder: string;
  readonly policy: TextModel;
  readonly foreign: TextModel | undefined;
  readonly policies: Policies;
  readonly device: Device;
  /** Absolute: relative paths of the config start here. */
  readonly baseFolder: string;
}

/** A pair as the run has it, and as the policy sees it. */
export interface SeenPair {
  readonly loaded: LoadedPair;
  readonly tokenized: TokenizedPair;
}

/** Why tokens cannot be compared with the reference; undefined where they can. */
export function whyNotTokens({
  config,
  policy,
  foreign,
}: Pick<ReferencesOf, 'config' | 'policy' | 'foreign'>) {
  if (config['reference.policy'] === 'none')
    return 'This run has no reference: its reward is beta times log p itself. Tokens are compared with the starting policy.';
  if (config['reference.logprobs'] === 'columns')
    return 'The data brings the reference as sums, without the single tokens. Tokens are compared with the starting policy.';
  if (foreign && foreign.tokenizer.identity !== policy.tokenizer.identity)
    return 'The reference splits texts into other tokens, so that only whole responses can be compared with it. Tokens are compared with the starting policy.';
  return undefined;
}

/** What training measures a policy against: sums of whole responses, and a number for each token. */
export class References {
  #foreign: ScoringRuntime | undefined;
  #table: Promise<ReadonlyMap<string, ReferenceRow>> | undefined;

  constructor(private readonly of: ReferencesOf) {}

  /** In the order of the pairs; undefined for one that the reference cannot score within the limits. */
  async sums(pairs: readonly SeenPair[], progress: Progress): Promise<(ReferenceSums | undefined)[]> {
    const { config } = this.of;
    if (config['reference.policy'] === 'none')
      return pairs.map(({ tokenized }) => ownTokens(tokenized, 0, 0));
    if (config['reference.logprobs'] === 'columns')
      return pairs.map(
        ({ tokenized, loaded: { columns } }) =>
          columns && ownTokens(tokenized, columns.chosen, columns.rejected),
      );
    this.#table ??= this.#readTable();
    const table = await this.#table;
    const missing = pairs.filter(({ tokenized }) => !table.has(tokenized.id));
    const computed = await this.#compute(missing, progress);
    return pairs.map(({ tokenized: { id } }) => table.get(id) ?? computed.get(id));
  }

  /** Scores of chosen and rejected response, in turn, by what tokens are compared with. */
  async tokens(pairs: readonly SeenPair[], progress: Progress): Promise<SequenceScore[]> {
    if (whyNotTokens(this.of) !== undefined)
      return this.of.policies.score(0, pairs.flatMap(sequencesOf), progress);
    return this.#score((await this.#seen(pairs)).flatMap(bothOf), progress);
  }

  /** Rows of the table that the run was answered with; to know it by its key, all pairs would have to be tokenized. */
  async #readTable(): Promise<ReadonlyMap<string, ReferenceRow>> {
    const { config, dataFolder, baseFolder } = this.of;
    const key = await findAskedKey(dataFolder, askedReference(config, baseFolder));
    if (key === undefined) return new Map();
    return new TableFiles(referenceFolder(dataFolder, key)).rows();
  }

  async #compute(
    pairs: readonly SeenPair[],
    progress: Progress,
  ): Promise<ReadonlyMap<string, ReferenceSums>> {
    if (pairs.length === 0) return new Map();
    const seen = await this.#seen(pairs);
    const scores = await this.#score(seen.flatMap(bothOf), progress);
    return new Map(
      seen.flatMap(({ id }, index) => {
        const [chosen, rejected] = [scores[2 * index], scores[2 * index + 1]];
        if (!chosen || !rejected) return [];
        return [
          [
            id,
            {
              chosen: chosen.logp,
              rejected: rejected.logp,
              chosenTokens: chosen.tokens,
              rejectedTokens: rejected.tokens,
            },
          ],
        ];
      }),
    );
  }

  /** In the tokens of the reference, and without the prompt where it scores so. */
  async #seen(pairs: readonly SeenPair[]): Promise<readonly TokenizedPair[]> {
    const seen = await referencePairs({
      ...this.of,
      pairs: pairs.map(({ loaded }) => loaded),
      tokenized: pairs.map(({ tokenized }) => tokenized),
    });
    return seen.pairs;
  }

  #score(sequences: readonly TokenSequence[], progress: Progress): Promise<SequenceScore[]> {
    const { foreign, policies, device } = this.of;
    if (!foreign) return policies.score(0, sequences, progress);
    this.#foreign ??= new ScoringRuntime(
      foreign.model,
      { kind: 'frozen' },
      device,
      foreign.tokenizer.endToken,
      AT_ONCE,
    );
    return this.#foreign.score(sequences, undefined, progress);
  }
}

export function sequencesOf({ tokenized }: SeenPair): TokenSequence[] {
  return bothOf(tokenized);
}

function bothOf({ chosen, rejected }: TokenizedPair): TokenSequence[] {
  return [chosen, rejected];
}

function ownTokens(
  { chosen, rejected }: TokenizedPair,
  chosenSum: number,
  rejectedSum: number,
): ReferenceSums {
  const tokensOf = ({ tokens, promptLength }: TokenSequence): number => tokens.length - promptLength;
  return {
    chosen: chosenSum,
    rejected: rejectedSum,
    chosenTokens: tokensOf(chosen),
    rejectedTokens: tokensOf(rejected),
  };
}
