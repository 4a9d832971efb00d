import { existsSync, mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gigabytes } from '../../core/words/markdown';
import { FileError, messageOf } from '../files/text-files';
import { type ProgramEnd, runProgram } from '../processes/run-program';
import { interpreterIn } from './python';
import { type BasePython, findBase } from './torch-base';
import type { SetupPlan } from './torch-build';
import { isUnreachable, setupFailure } from './torch-setup-failure';

export interface SetupRequest extends SetupPlan {
  /** Absolute: becomes the virtual environment. */
  readonly environment: string;
  /** Also into an environment that something else has made. */
  readonly intoExisting: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** Says that this program has made an environment, and may go on with it. */
const MARK = 'dpo-lab.txt';

/** Whether there is an environment that something else has made. */
export function isForeign(environment: string): boolean {
  return isVirtual(environment) && !existsSync(join(environment, MARK));
}

/**
 * Makes a virtual environment with what is required in it. One that was interrupted goes on where it was.
 *
 * @param tell gets what is being done, in words
 * @returns its interpreter
 * @throws FileError with the next step; where the signal came, what the programs said is not looked at
 */
export async function setUpTorch(
  request: SetupRequest,
  tell: (activity: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { environment, room, intoExisting } = request;
  refuseOccupied(environment, intoExisting);
  const { env } = request;
  const base = await findBase(env);
  makeFolder(environment, room, intoExisting);
  const run = async (program: string, args: readonly string[]): Promise<ProgramEnd> => {
    signal.throwIfAborted();
    try {
      // uv reads settings of the folder that it is started in, which may be a checkout.
      const cwd = homedir();
      return await runProgram(program, { args, cwd, env: quiet(env), onLine: activityTeller(tell), signal });
    } catch (error) {
      throw new FileError(`${program} could not be started: ${messageOf(error)}. Check that it may be run.`);
    } finally {
      signal.throwIfAborted();
    }
  };
  tell('making the environment');
  // An environment of others has what it needs to be installed into.
  if (!isForeign(environment) || !existsSync(interpreterIn(environment))) {
    const made = await run(base.program, makingArguments(base, environment));
    if (made.code !== 0) throw setupFailure(made.output, base, environment);
  }
  let installed = await install(base, request, request.index, run);
  if (installed.code !== 0 && request.index !== undefined && isUnreachable(installed.output)) {
    tell("PyTorch's own index cannot be reached: trying without it");
    installed = await install(base, request, undefined, run);
  }
  if (installed.code !== 0) throw setupFailure(installed.output, base, environment);
  return interpreterIn(environment);
}

async function install(
  base: BasePython,
  { environment, requirements }: SetupRequest,
  url: string | undefined,
  run: (program: string, args: readonly string[]) => Promise<ProgramEnd>,
): Promise<ProgramEnd> {
  const index = url === undefined ? [] : ['--extra-index-url', url];
  const python = interpreterIn(environment);
  if (base.kind === 'python') {
    return run(python, ['-I', '-m', 'pip', 'install', ...index, ...requirements]);
  }
  // The newest of all indexes, as pip does: +cpu counts as newer than the same version without.
  const strategy = index.length > 0 ? ['--index-strategy', 'unsafe-best-match'] : [];
  const uv = ['pip', 'install', '--python', python, ...index, ...strategy, ...requirements];
  return run(base.program, uv);
}

function makingArguments(base: BasePython, environment: string): string[] {
  return base.kind === 'python'
    ? ['-I', '-m', 'venv', environment]
    : ['venv', '--allow-existing', '--python', '>=3.10', environment];
}

/** @throws FileError */
function refuseOccupied(environment: string, intoExisting: boolean): void {
  if (!existsSync(environment)) return;
  if (isForeign(environment)) {
    if (intoExisting) return;
    throw new FileError(
      `${environment} is an environment that something else has made. Allow that packages in it are changed (--existing), or name another folder (--folder).`,
    );
  }
  if (isVirtual(environment) || existsSync(join(environment, MARK))) return;
  if (isEmpty(environment)) return;
  throw new FileError(
    `${environment} exists and is no virtual environment. Name another folder with --folder.`,
  );
}

/** @throws FileError where it cannot be made, or there is no room */
function makeFolder(environment: string, room: number, intoExisting: boolean): void {
  try {
    mkdirSync(environment, { recursive: true });
    const mark = join(environment, MARK);
    if (!(intoExisting && isForeign(environment)) && !existsSync(mark)) {
      writeFileSync(mark, 'Made by DPO Lab: dpo-lab setup torch\n', { flag: 'wx' });
    }
  } catch (error) {
    throw new FileError(
      `${environment} cannot be made: ${messageOf(error)}. Name another folder with --folder.`,
    );
  }
  const { bavail, bsize } = statfsSync(environment);
  if (bavail * bsize >= room) return;
  throw new FileError(
    `There is no room for PyTorch in ${environment}: ${gigabytes(room)} are needed, ${gigabytes(bavail * bsize)} are free. Free space, or name another folder with --folder.`,
  );
}

function isVirtual(environment: string): boolean {
  return existsSync(join(environment, 'pyvenv.cfg'));
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return false; // It is a file.
  }
}

/** Nobody is there to answer. What the user has set about indexes and proxies holds. */
function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PYTHONHOME: _, PYTHONPATH: __, ...rest } = env;
  return {
    ...rest,
    PYTHONUNBUFFERED: '1',
    PYTHONNOUSERSITE: '1',
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_PROGRESS_BAR: 'off',
    UV_NO_PROGRESS: '1',
  };
}

/** Of what pip and uv print, the lines that say how far they are. */
function activityTeller(tell: (activity: string) => void): (line: string) => void {
  return (line) => {
    const text = line.trim();
    if (
      /^(Collecting|Downloading|Installing|Resolved|Prepared|Installed|Building|Using cached)\b/.test(text)
    ) {
      tell(text.length > 100 ? `${text.slice(0, 99)}…` : text);
    }
  };
}
