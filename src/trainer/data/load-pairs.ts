import type { Config } from '../../core/config/config';
import { expandSaved, locateDataset } from '../../node/data/dataset-files';
import { promptKey } from '../../node/data/pair-id';
import { present } from '../../node/files/present';
import { FileError } from '../../node/files/text-files';
import { obtainDataset } from '../../node/hub/hub';
import type { Place, Progress } from '../models/place';
import { TrainingError } from '../training-error';
import { holdOut } from './hold-out';
import type { LoadedPair } from './loaded-pair';
import { logprobColumns } from './logprob-columns';
import { pairSettings } from './pair-settings';
import { readPairs } from './read-pairs';

export interface LoadedPairs {
  readonly train: readonly LoadedPair[];
  /** Empty where nothing is held out. */
  readonly eval: readonly LoadedPair[];
  /** Sentences. */
  readonly warnings: readonly string[];
}

export interface StreamedPair {
  readonly section: 'train' | 'eval';
  readonly loaded: LoadedPair;
}

/** What is known when all pairs were read. */
interface StreamEnd {
  /** Positions of pairs of `data.train` that are held out. */
  readonly heldOut: ReadonlySet<number>;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads everything that `data.train` and `data.eval` name, in this order: rows as the files have them, the files of a
 * pattern sorted; without identical pairs and empty responses; the first `data.limit` of what is left, of either
 * data set; where there is no `data.eval`, `holdOut` splits pairs off. No pair is held in memory.
 *
 * @param progress called with bytes
 * @throws TrainingError where a setting is missing or no pair is left
 * @throws FileError where a file cannot be read, or names the row that is no pair
 */
export async function* streamPairs(
  config: Config,
  place: Place,
  progress: Progress,
): AsyncGenerator<StreamedPair, StreamEnd> {
  const hasEval = config['data.eval.path'] !== undefined;
  const fraction = config['data.eval_fraction'];
  const prompts: string[] = [];
  const training = readDataset(config, 'data.train', place, progress);
  let step = await training.next();
  for (; !step.done; step = await training.next()) {
    if (hasEval || fraction > 0) prompts.push(promptKey(step.value.pair));
    yield { section: 'train', loaded: step.value };
  }
  const warnings = step.value;
  if (!hasEval) return { heldOut: holdOut(prompts, fraction, config['training.seed']), warnings };
  const trained = new Set(prompts);
  const held = readDataset(config, 'data.eval', place, progress);
  let [pairs, shared] = [0, 0];
  let next = await held.next();
  for (; !next.done; next = await held.next()) {
    pairs++;
    if (trained.has(promptKey(next.value.pair))) shared++;
    yield { section: 'eval', loaded: next.value };
  }
  return { heldOut: new Set(), warnings: [...warnings, ...next.value, ...sharedPrompts(shared, pairs)] };
}

function sharedPrompts(shared: number, pairs: number): string[] {
  if (shared === 0) return [];
  return [
    `${shared} of ${pairs} pairs of data.eval have a prompt that is trained on, too: what is measured on them is no measure of new prompts.`,
  ];
}

/** All pairs at once, as `streamPairs` reads them. */
export async function loadPairs(config: Config, place: Place, progress: Progress): Promise<LoadedPairs> {
  const pairs: Record<StreamedPair['section'], LoadedPair[]> = { train: [], eval: [] };
  const stream = streamPairs(config, place, progress);
  let step = await stream.next();
  for (; !step.done; step = await stream.next()) pairs[step.value.section].push(step.value.loaded);
  const { heldOut, warnings } = step.value;
  if (heldOut.size === 0) return { ...pairs, warnings };
  return {
    train: pairs.train.filter((_, position) => !heldOut.has(position)),
    eval: pairs.train.filter((_, position) => heldOut.has(position)),
    warnings,
  };
}

async function* readDataset(
  config: Config,
  section: 'data.train' | 'data.eval',
  place: Place,
  progress: Progress,
): AsyncGenerator<LoadedPair, readonly string[]> {
  const files = await findFiles(config, section, place, progress);
  let pairs = 0;
  const reading = readPairs(
    files,
    {
      baseFolder: place.baseFolder,
      ...pairSettings(config),
      ...present({ logprobs: logprobColumns(config), limit: config['data.limit'] }),
    },
    progress,
  );
  let step = await reading.next();
  for (; !step.done; step = await reading.next()) {
    pairs++;
    yield step.value;
  }
  const { rows, warnings } = step.value;
  if (pairs > 0) return warnings;
  const name = `${section} (${config[`${section}.path`]})`;
  throw new TrainingError(
    rows === 0
      ? `${name} is empty: it holds no pairs. Name a file with pairs.`
      : `${name} has no pair to learn from. ${warnings.join(' ')}`,
  );
}

export async function findFiles(
  config: Config,
  section: 'data.train' | 'data.eval',
  { baseFolder, env }: Place,
  progress: Progress,
): Promise<readonly string[]> {
  const path = config[`${section}.path`];
  if (path === undefined) {
    throw new TrainingError(
      `The config names no pairs to train on. Write ${section}: with a file, a pattern or a hub dataset.`,
    );
  }
  const located = await locateDataset(path, baseFolder);
  if (located.kind === 'files') {
    const saved = await expandSaved(located.files, { split: config[`${section}.split`] });
    if ('files' in saved) return saved.files;
    throw new FileError(`${section}: ${saved.problem}`);
  }
  if (located.kind !== 'hub id') throw new FileError(located.reason);
  const query = {
    id: located.id,
    split: config[`${section}.split`],
    ...present({ config: config[`${section}.config`] }),
  };
  return obtainDataset(query, env, progress);
}
