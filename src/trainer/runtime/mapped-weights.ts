import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { StoredWeight } from '../../engine/model/model-tensors';
import type { OpenModel } from '../models/opened-model';
import type { StoredTensor } from '../models/stored-tensor';
import { TrainingError } from '../training-error';

/** Weights that sessions map from the files of a model, without a copy. */
export interface MappedWeights {
  /** What the locations of weights are relative to. */
  readonly folder: string;
  readonly weights: (name: string) => StoredWeight;
}

/**
 * ONNX Runtime takes weights from files below one folder only, by a relative path that no symbolic link leads out of,
 * so files are named by their real path from the folder that holds all of them: a shard in a hub cache is a link.
 *
 * @throws TrainingError when the files lie on different drives
 */
export function mapWeights(model: Pick<OpenModel, 'name' | 'tensors'>): MappedWeights {
  const realPaths = new Map<string, string>();
  for (const { path: file } of model.tensors.values()) {
    if (!realPaths.has(file)) realPaths.set(file, realpathSync(file));
  }
  const folder = commonFolder([...realPaths.values()]);
  const locations = new Map<string, string>();
  for (const [file, real] of realPaths) {
    const location = path.relative(folder, real);
    if (path.isAbsolute(location)) {
      throw new TrainingError(
        `The weights of ${model.name} lie on different drives, such as ${real}. Copy the model into one folder.`,
      );
    }
    locations.set(file, location.replaceAll(path.sep, '/'));
  }
  return {
    folder,
    weights: (name) => {
      const tensor = model.tensors.get(name);
      const location = tensor && locations.get(tensor.path);
      if (tensor === undefined || location === undefined) {
        throw new TrainingError(`The weights of ${model.name} lack ${name}. Download the model again.`);
      }
      return storedWeight(tensor, location);
    },
  };
}

function storedWeight({ elementType, offset, length }: StoredTensor, location: string): StoredWeight {
  return { elementType, location, offset, length };
}

/** The deepest folder that holds all files. */
function commonFolder(files: readonly string[]): string {
  let [folder = path.resolve('.')] = files.map((file) => path.dirname(file));
  while (files.some((file) => path.relative(folder, file).startsWith('..'))) {
    const parent = path.dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return folder;
}
