import { dirname } from 'node:path';
import { pythonFaults } from '../../core/environment/torch-packages';
import { refusedPath, resolvePath } from '../files/paths';
import { FileError } from '../files/text-files';
import { findProgram } from '../processes/find-program';
import { type FoundPython, findPythons, namedPython } from './python';

/** What may name the interpreter. */
type Source = 'dpoLab.pythonPath' | 'backend.torch.python';

const NEXT = {
  none: 'Make an environment for it with dpo-lab setup torch (in VS Code: DPO Lab: Set Up Training Environment), then resume the run.',
  'dpoLab.pythonPath': 'Change that setting or empty it, then resume the run.',
  'backend.torch.python': 'Fix it there and resume the run, or name another Python and train again.',
} as const;

/** There is no Python that the torch trainer can run on. */
export class NoPython extends FileError {
  /** @param source what names the interpreter, where something does: no other is taken then */
  constructor(
    reason: string,
    readonly source?: Source,
  ) {
    super(`The torch trainer cannot start: ${reason}. ${NEXT[source ?? 'none']}`);
  }
}

export interface PythonWishes {
  /** The user's setting: it comes before all others, and nothing is taken in its place. */
  readonly setting?: string | undefined;
  /** `backend.torch.python`; relative to the config. The same holds for it. */
  readonly config?: string | undefined;
  /** The environment that an editor's user has chosen. */
  readonly active?: string | undefined;
  /** Absolute. */
  readonly configFile: string;
  readonly workspaceFolder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The interpreter that trains: the one that was named, else the first that has everything.
 *
 * @throws NoPython with what the best one lacks
 */
export async function choosePython(wishes: PythonWishes): Promise<FoundPython> {
  const { setting, config, active, configFile, workspaceFolder, env } = wishes;
  const folder = dirname(configFile);
  if (setting) return usable(await namedPython(resolvePath(setting, workspaceFolder)), 'dpoLab.pythonPath');
  if (config) return usable(await namedPython(await pathOf(config, folder, env)), 'backend.torch.python');
  const found = await findPythons({
    first: active === undefined ? [] : [active],
    folders: [...new Set([folder, workspaceFolder])],
    env,
  });
  const best = found.find(({ problem }) => problem === undefined) ?? found[0];
  if (!best) throw new NoPython('no Python was found');
  return found.find((python) => faultsOf(python).length === 0) ?? usable(best);
}

/** A name without a folder is looked for as a shell does, where there is no such file. */
async function pathOf(text: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const refusal = refusedPath(text);
  if (refusal) throw new FileError(`backend.torch.python: ${refusal}`);
  const searched = /[\\/~]/.test(text) ? undefined : await findProgram([text, `${text}.exe`], env);
  return searched ?? resolvePath(text, folder);
}

function usable(python: FoundPython, source?: Source): FoundPython {
  const [fault, ...more] = faultsOf(python);
  if (fault === undefined) return python;
  const which = source === undefined ? '' : `, which ${source} names,`;
  const faults = [fault, ...more].join('; it ');
  throw new NoPython(`${python.path}${which} ${faults}`, source);
}

/** Each follows "it". */
function faultsOf(python: FoundPython): string[] {
  const { problem } = python;
  return problem === undefined ? pythonFaults(python) : [problem.replace(/^It (.*?)\.?$/, '$1')];
}
