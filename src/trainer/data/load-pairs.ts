import type { Config } from '../../core/config/config';
import { locateDataset } from '../../node/data/dataset-files';
import { present } from '../../node/files/present';
import { FileError } from '../../node/files/text-files';
import { obtainDataset } from '../../node/hub/hub';
import type { Place, Progress } from '../models/place';
import { TrainingError } from '../training-error';
import { holdOut } from './hold-out';
import type { LoadedPair } from './loaded-pair';
import { logprobColumns } from './logprob-columns';
import { readPairs } from './read-pairs';

export interface LoadedPairs {
  readonly train: readonly LoadedPair[];
  /** Empty where nothing is held out. */
  readonly eval: readonly LoadedPair[];
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads everything that `data.train` and `data.eval` name, in this order: rows as the files have them, the files of a
 * pattern sorted; without identical pairs and empty responses; the first `data.limit` of what is left, of either
 * data set; where there is no `data.eval`, what `holdOut` splits off the training pairs.
 *
 * @param progress called with bytes
 * @throws TrainingError where a setting is missing or no pair is left
 * @throws FileError where a file cannot be read, or names the row that is no pair
 */
export async function loadPairs(config: Config, place: Place, progress: Progress): Promise<LoadedPairs> {
  const training = await loadDataset(config, 'data.train', place, progress);
  if (config['data.eval.path'] !== undefined) {
    const held = await loadDataset(config, 'data.eval', place, progress);
    return { train: training.pairs, eval: held.pairs, warnings: [...training.warnings, ...held.warnings] };
  }
  const { train, heldOut } = holdOut(training.pairs, config['data.eval_fraction'], config['training.seed']);
  return { train, eval: heldOut, warnings: training.warnings };
}

async function loadDataset(
  config: Config,
  section: 'data.train' | 'data.eval',
  place: Place,
  progress: Progress,
): Promise<{ readonly pairs: readonly LoadedPair[]; readonly warnings: readonly string[] }> {
  const files = await findFiles(config, section, place, progress);
  const { pairs, rows, warnings } = await readPairs(
    files,
    {
      baseFolder: place.baseFolder,
      columns: {
        prompt: config['data.columns.prompt'],
        chosen: config['data.columns.chosen'],
        rejected: config['data.columns.rejected'],
      },
      ...present({ logprobs: logprobColumns(config), limit: config['data.limit'] }),
    },
    progress,
  );
  if (pairs.length > 0) return { pairs, warnings };
  const name = `${section} (${config[`${section}.path`]})`;
  throw new TrainingError(
    rows === 0
      ? `${name} is empty: it holds no pairs. Name a file with pairs.`
      : `${name} has no pair to learn from. ${warnings.join(' ')}`,
  );
}

async function findFiles(
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
  if (located.kind === 'files') return located.files;
  if (located.kind !== 'hub id') throw new FileError(located.reason);
  const query = {
    id: located.id,
    split: config[`${section}.split`],
    ...present({ config: config[`${section}.config`] }),
  };
  return obtainDataset(query, env, progress);
}
