import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { type PythonVersions, TORCH_PACKAGES } from '../../core/environment/torch-packages';
import { isFields } from '../../core/runs/read-files';
import { isFile, isFolder } from '../files/paths';
import { messageOf } from '../files/text-files';
import { findProgram } from '../processes/find-program';

/** A Python interpreter, with the versions of what the torch trainer needs. */
export interface FoundPython extends PythonVersions {
  /** Absolute. */
  readonly path: string;
  /** Why it could not be asked. */
  readonly problem?: string;
}

/** Where interpreters are looked for. */
export interface PythonPlaces {
  /** Interpreters that come before all others, such as the active one of the editor; absolute. */
  readonly first?: readonly string[];
  /** Folders with a virtual environment in them. */
  readonly folders: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Whose versions are asked for; by default those that the torch trainer needs. */
  readonly packages?: readonly string[];
}

/** Names of virtual environments. */
const ENVIRONMENTS = ['.venv', 'venv'];
const NEEDED = Object.keys(TORCH_PACKAGES);

/** Milliseconds; an interpreter on a network drive starts slowly. */
const LIMIT = 20_000;

/** Reads metadata alone: importing torch takes seconds. */
const SCRIPT = `
import importlib.metadata as metadata, json, platform, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"version": platform.python_version(), "packages": found}))
`;

/**
 * Interpreters of the virtual environments in these folders, of the active one, and of the search path, each once and
 * in this order. Never throws.
 */
export async function findPythons({
  first = [],
  folders,
  env,
  packages = NEEDED,
}: PythonPlaces): Promise<FoundPython[]> {
  const environments = [
    ...folders.flatMap((folder) => ENVIRONMENTS.map((name) => join(folder, name))),
    ...[env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((folder) => folder !== undefined).filter(isAbsolute),
  ];
  const found: string[] = [];
  for (const path of [...first, ...environments.map(interpreterIn)]) {
    if (!found.includes(path) && (await isFile(path))) found.push(path);
  }
  const onPath = await findProgram(NAMES, env);
  if (onPath !== undefined && !found.includes(onPath)) found.push(onPath);
  return Promise.all(found.map((path) => askPython(path, packages)));
}

/** The interpreter of a virtual environment. */
export function interpreterIn(environment: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', 'python.exe')
    : join(environment, 'bin', 'python');
}

const NAMES = process.platform === 'win32' ? ['python.exe'] : ['python3', 'python'];

/** Of a path that somebody has named; a folder is taken for a virtual environment. */
export async function interpreterOf(path: string): Promise<string> {
  return (await isFolder(path)) ? interpreterIn(path) : path;
}

/** An interpreter, or an environment, that somebody has named. */
export async function namedPython(path: string, packages: readonly string[] = NEEDED): Promise<FoundPython> {
  const interpreter = await interpreterOf(path);
  if (await isFile(interpreter)) return askPython(interpreter, packages);
  return { path: interpreter, packages: {}, problem: 'It is not there.' };
}

/** Never throws. */
async function askPython(path: string, packages: readonly string[]): Promise<FoundPython> {
  try {
    // Isolated: neither the working folder nor the user's packages of another version are looked at.
    const { stdout } = await promisify(execFile)(path, ['-I', '-c', SCRIPT, ...packages], {
      timeout: LIMIT,
      windowsHide: true,
      cwd: dirname(path),
    });
    const answer: unknown = JSON.parse(stdout);
    if (!isFields(answer) || typeof answer.version !== 'string' || !isFields(answer.packages)) {
      throw new Error('it did not answer as Python does');
    }
    return { path, version: answer.version, packages: answer.packages as FoundPython['packages'] };
  } catch (error) {
    const [reason = ''] = messageOf(error).split('\n');
    return { path, packages: {}, problem: `It could not be asked: ${reason}` };
  }
}
