import { dirname } from 'node:path';
import { resolvePath } from '../../files/paths';
import { FileError } from '../../files/text-files';
import { type FoundPython, findPythons, namedPython } from '../../torch/python';
import type { TrainerProgram } from './trainer-commands';
import { foldersUpTo } from './working-folder';

export interface TrainerPythonWishes {
  /** The user's setting: it comes before all others, and nothing is taken in its place. */
  readonly setting: string;
  /** The environment that an editor's user has chosen. */
  readonly active: string | undefined;
  /** Absolute. */
  readonly configFile: string;
  readonly workspaceFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Packages whose versions decide how a config is read, and what is noted of a run. */
const ASKED = ['trl', 'transformers', 'peft', 'accelerate', 'torch', 'datasets'];

/**
 * The interpreter of the environment that has a trainer: the one that was named, the editor's, that of a folder's `.venv`,
 * `venv` or `env`, the active one, or the one on the search path.
 *
 * @throws FileError where none has it
 */
export async function findTrainerPython(
  { trainer, packages }: Pick<TrainerProgram, 'trainer' | 'packages'>,
  { setting, active, configFile, workspaceFolder, env }: TrainerPythonWishes,
): Promise<FoundPython> {
  const asked = [...new Set([...packages, ...ASKED])];
  const hasIt = ({ packages: found }: FoundPython): boolean =>
    packages.some((name) => found[name] !== undefined);
  if (setting !== '') {
    const named = await namedPython(resolvePath(setting, workspaceFolder), asked);
    if (hasIt(named)) return named;
    const lack = named.problem ?? `It lacks ${packages[0]}.`;
    throw new FileError(
      `${trainer} cannot start with ${named.path}, which the setting dpoLab.pythonPath names: ${lack} Install ${packages[0]} there, or empty the setting.`,
    );
  }
  const found = await findPythons({
    first: active === undefined ? [] : [active],
    folders: foldersUpTo(dirname(configFile), workspaceFolder),
    env,
    packages: asked,
  });
  const one = found.find(hasIt);
  if (one) return one;
  const where =
    found.length === 0
      ? 'no Python was found'
      : `none of these has ${packages[0]}: ${found.map(({ path }) => path).join(', ')}`;
  const setup = packages.includes('trl') ? ' dpo-lab setup torch makes one with TRL.' : '';
  throw new FileError(
    `${trainer} cannot start: ${where}. Make an environment .venv with ${packages[0]} beside the config, activate the one that has it, or choose it in the Python extension.${setup}`,
  );
}
