import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { OLDEST_PYTHON } from '../../core/environment/torch-packages';
import { FileError } from '../files/text-files';
import { findProgram } from '../processes/find-program';

/** What makes a virtual environment. */
export interface BasePython {
  readonly kind: 'uv' | 'python';
  /** Absolute. */
  readonly program: string;
}

/** Names beside `python3`, where that is too old. */
const NAMES =
  process.platform === 'win32'
    ? ['python.exe']
    : ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** Whether it is new enough, and has what makes environments. */
const PROBE = `
import sys
try:
    import venv, ensurepip
    complete = True
except ImportError:
    complete = False
print(int(sys.version_info >= (${OLDEST_PYTHON.replace('.', ', ')})), int(complete), "%d.%d" % sys.version_info[:2])
`;

/**
 * uv, where it is installed; else the first Python on the search path that will do.
 *
 * @throws FileError with what is missing
 */
export async function findBase(env: NodeJS.ProcessEnv): Promise<BasePython> {
  const uv = await findProgram(process.platform === 'win32' ? ['uv.exe'] : ['uv'], env);
  if (uv !== undefined) return { kind: 'uv', program: uv };
  const reasons: string[] = [];
  for (const name of NAMES) {
    const program = await findProgram([name], env);
    if (program === undefined) continue;
    const [isNew, isComplete, version] = await probe(program);
    if (isNew && isComplete) return { kind: 'python', program };
    if (version === undefined) reasons.push(`${program} does not start.`);
    else if (!isNew) reasons.push(`${program} is Python ${version}.`);
    else reasons.push(`${program} has no venv or ensurepip; Debian and Ubuntu have them in python3-venv.`);
  }
  throw new FileError(
    `No Python ${OLDEST_PYTHON} or newer was found that can make an environment. ${reasons.slice(0, 2).join(' ')} Install Python, or uv, which brings its own.`.replace(
      /\s+/g,
      ' ',
    ),
  );
}

async function probe(program: string): Promise<[isNew: boolean, isComplete: boolean, version?: string]> {
  try {
    const options = { timeout: 20_000, windowsHide: true, cwd: dirname(program) };
    const { stdout } = await promisify(execFile)(program, ['-I', '-c', PROBE], options);
    const [isNew, isComplete, version = ''] = stdout.trim().split(' ');
    return [isNew === '1', isComplete === '1', version];
  } catch {
    return [false, false];
  }
}
