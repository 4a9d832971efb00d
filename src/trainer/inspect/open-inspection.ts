import { basename } from 'node:path';
import type { Config } from '../../core/config/config';
import { completeConfig } from '../../core/config/resolved';
import type { InspectProgress } from '../../core/panels/pairs-page';
import type { RunFile } from '../../core/runs/format';
import { parameterShapes } from '../../engine/model/parameters';
import { sizeOf } from '../../engine/shape';
import { dayOf } from '../../node/models/tokenizer';
import { type LoadedPairs, loadPairs } from '../data/load-pairs';
import { seenBy } from '../data/seen-pairs';
import { openForeignReference, openPolicy, type TextModel, tuningOf } from '../model-and-tokenizer';
import type { Place, Progress } from '../models/place';
import { readRun } from '../read-run';
import { chooseDevice } from '../runtime/choose-device';
import type { Device } from '../runtime/device';
import { Policies } from './policies';
import { References, type SeenPair, whyNotTokens } from './references';
import { affordablePairs, LISTED, type SplitPair, samplePairs } from './sample';

/** Everything that questions about a run's pairs are answered from. */
export interface Opened {
  readonly config: Config;
  readonly objective: { readonly loss: string; readonly beta: number; readonly lengthNormalized: boolean };
  readonly policy: TextModel;
  readonly policies: Policies;
  readonly references: References;
  readonly loaded: LoadedPairs;
  /** The pairs to list. */
  readonly sample: readonly (SplitPair & SeenPair)[];
  /** In words. */
  readonly reference: string;
  readonly baseline: string;
  /** See `Comparison`. */
  readonly why: string | undefined;
}

/**
 * @throws TrainingError, FileError where run, model or data are not what they have to be
 */
export async function openInspection(
  folder: string,
  progressOf: (activity: InspectProgress['activity']) => Progress,
): Promise<Opened> {
  const run = readRun(folder);
  const config = completeConfig(run.config);
  const place: Place = {
    baseFolder: run.baseFolder,
    dataFolder: run.dataFolder,
    env: process.env,
    date: config['data.date'] ?? dayOf(run.created),
  };
  const loading = progressOf('loading');
  loading(0, 0);
  const policy = await openPolicy(config, place, loading);
  const foreign = await openForeignReference(config, place, loading);
  const device = await deviceOf(run, config);
  const loaded = await loadPairs(config, place, progressOf('reading'));
  const policies = new Policies({
    folder,
    config,
    place,
    policy,
    tuning: run.producer.kind === 'onnx' ? tuningOf(config, policy.model) : { kind: 'frozen' },
    device,
  });
  const about = { config, policy, foreign };
  const references = new References({
    ...about,
    dataFolder: place.dataFolder,
    policies,
    device,
    baseFolder: place.baseFolder,
  });
  const why = whyNotTokens(about);
  const largest = await tokenized(about, samplePairs(loaded, LISTED));
  const affordable = affordablePairs(tokensOf(largest), parametersOf(policy), device);
  const reference = referenceInWords(about);
  return {
    config,
    objective: {
      loss: config['objective.loss'],
      beta: config['objective.beta'],
      lengthNormalized: config['objective.length_normalized'],
    },
    policy,
    policies,
    references,
    loaded,
    sample: affordable < LISTED ? await tokenized(about, samplePairs(loaded, affordable)) : largest,
    reference,
    baseline: why === undefined ? reference : 'the starting policy',
    why,
  };
}

/**
 * Pairs as training sees them, without those that are too long for it.
 *
 * @throws TrainingError where all of a split are
 */
export async function tokenized(
  { config, policy }: Pick<Opened, 'config' | 'policy'>,
  pairs: readonly SplitPair[],
): Promise<(SplitPair & SeenPair)[]> {
  const ofSplits = (['train', 'eval'] as const).map(async (split) => {
    const ofSplit = pairs.filter((pair) => pair.split === split);
    const loaded = ofSplit.map((pair) => pair.loaded);
    const { pairs: left } = await seenBy(policy, loaded, config, 'conditional');
    const seen = new Map(left.map((pair) => [pair.row, pair]));
    return ofSplit.flatMap((pair) => {
      const tokens = seen.get(pair.loaded.row);
      return tokens ? [{ ...pair, tokenized: tokens }] : [];
    });
  });
  return (await Promise.all(ofSplits)).flat();
}

function tokensOf(pairs: readonly SeenPair[]): number {
  return pairs.reduce(
    (sum, { tokenized: { chosen, rejected } }) => sum + chosen.tokens.length + rejected.tokens.length,
    0,
  );
}

function parametersOf({ model }: TextModel): number {
  return [...parameterShapes(model.config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Another trainer's device may be none of ours. */
async function deviceOf(run: RunFile, config: Config): Promise<Device> {
  const wanted = run.producer.kind === 'onnx' ? config['backend.device'] : 'auto';
  return (await chooseDevice(wanted, 0)).device;
}

function referenceInWords({ config, foreign }: { config: Config; foreign: TextModel | undefined }): string {
  if (config['reference.policy'] === 'none') return 'no reference';
  if (config['reference.logprobs'] === 'columns') return "the data's log-probabilities";
  const name = foreign ? basename(foreign.model.name) : 'the starting policy';
  return config['reference.score'] === 'prior' ? `${name}, without the prompt` : name;
}
