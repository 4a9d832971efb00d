import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import type { CommandFile } from '../core/runs/command-file';
import { FileError } from '../node/files/text-files';
import { findWheel } from './wheel';

/**
 * Program and arguments as a system starts them. Console scripts of Python run with the environment's own interpreter: what
 * their first line names may have moved.
 *
 * @throws FileError where the environment does not have the program
 */
export function programOf(
  { python, words, folder: place }: CommandFile,
  { folder, output }: { readonly folder: string; readonly output: string },
): [string, ...string[]] {
  const [name = '', ...rest] = words;
  const config = configIn(folder);
  const args = rest.map((word) => word.replaceAll('{output}', output).replaceAll('{config}', config));
  if (name === 'python') return [python, ...args];
  const script = join(dirname(python), name);
  if (process.platform !== 'win32' && existsSync(script)) return [python, script, ...args];
  if (existsSync(`${script}.exe`)) return [`${script}.exe`, ...args];
  throw new FileError(
    `${script} does not exist, so that ${name} cannot be started in ${place}. Install the trainer into this environment again, or choose another one; then resume the run.`,
  );
}

/** The run's copy of its config, whatever its ending. */
function configIn(folder: string): string {
  const name = ['config.yaml', 'config.yml', 'config.json'].find((one) => existsSync(join(folder, one)));
  return join(folder, name ?? 'config.yaml');
}

/** What the trainer and all that it starts get. Nothing of the user's environment is taken away. */
export function commandEnvironment(
  { python, isWatched, references, environment }: CommandFile,
  folder: string,
  from: string | undefined,
): NodeJS.ProcessEnv {
  const bin = dirname(python);
  const home = dirname(bin);
  const { PATH = '', PYTHONPATH } = process.env;
  const wheel = findWheel();
  const places = [join(wheel, 'dpo_lab_trainer', 'inject'), ...(PYTHONPATH ? [PYTHONPATH] : [])];
  return {
    ...process.env,
    PATH: [bin, PATH].join(delimiter),
    ...(existsSync(join(home, 'pyvenv.cfg')) && basename(home) !== '' && { VIRTUAL_ENV: home }),
    // The output is read while it grows.
    PYTHONUNBUFFERED: '1',
    ...environment,
    ...(isWatched && { PYTHONPATH: places.join(delimiter), DPO_LAB_RUN: folder }),
    ...(isWatched && from !== undefined && { DPO_LAB_RESUME: from }),
    ...(isWatched && references !== undefined && { DPO_LAB_REFERENCES: references }),
  };
}
