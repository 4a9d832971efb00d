import { execFile } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isFields } from '../core/runs/read-files';
import { isFile } from './paths';
import { messageOf } from './text-files';

/** A Python interpreter, with the versions of what the torch trainer needs. */
export interface FoundPython {
  /** Absolute. */
  readonly path: string;
  readonly version?: string;
  /** Versions by package; what is not installed is absent. */
  readonly packages: Readonly<Record<string, string>>;
  /** Why it could not be asked. */
  readonly problem?: string;
}

const TORCH_PACKAGES = ['torch', 'trl', 'transformers', 'peft', 'accelerate', 'datasets'] as const;

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
export async function findPythons(
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<FoundPython[]> {
  const windows = process.platform === 'win32';
  const inside = (folder: string): string =>
    windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const environments = [
    ...folders.flatMap((folder) => [join(folder, '.venv'), join(folder, 'venv')]),
    ...[env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((folder) => folder !== undefined),
  ];
  const names = windows ? ['python.exe'] : ['python3', 'python'];
  const searched = (env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const found: string[] = [];
  for (const path of [...environments.map(inside), ...searched]) {
    if (!found.includes(path) && (await isFile(path))) found.push(path);
    // The search path is followed to its first interpreter alone, as a shell does.
    if (searched.includes(found.at(-1) ?? '')) break;
  }
  return Promise.all(found.map(askPython));
}

async function askPython(path: string): Promise<FoundPython> {
  try {
    // Isolated: neither the working folder nor the user's packages of another version are looked at.
    const { stdout } = await promisify(execFile)(path, ['-I', '-c', SCRIPT, ...TORCH_PACKAGES], {
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
