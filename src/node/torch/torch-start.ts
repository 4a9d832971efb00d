import { dirname } from 'node:path';
import type { Config } from '../../core/config/config';
import type { SweepFile } from '../../core/sweeps/format';
import { isFile, refusedPath, resolvePath } from '../files/paths';
import { FileError } from '../files/text-files';
import { choosePython } from './torch-python';

/** What the torch trainer takes beside a Python that is found. */
export interface TorchPrograms {
  /** The Python package `dpo_lab_trainer`, of the version of whoever launches: Python runs it from the file itself. */
  readonly wheel: string;
  /** The interpreter that the user's settings name; empty: none. */
  readonly python: string;
  /** The interpreter that an editor's user has chosen for a file or folder. */
  readonly activePython: (path: string | undefined) => Promise<string | undefined>;
}

/** What a sweep file says of its trainer. */
export type TrainerStart = Pick<SweepFile, 'trainer' | 'environment' | 'together' | 'launcher' | 'problem'>;

export interface TorchPlace {
  /** Absolute. */
  readonly configFile: string;
  readonly workspaceFolder: string;
}

const MODULE = 'dpo_lab_trainer';
const RUN_MODULE = `import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('${MODULE}', run_name='__main__', alter_sys=True)`;

/** What the wheel beside the bundled programs is called. */
export function wheelName(version: string): string {
  return `${MODULE}-${version}-py3-none-any.whl`;
}

/**
 * How the torch trainer is started for the arms of a launch.
 *
 * @param parallel arms at a time
 * @throws FileError where there is no Python that has everything, or no such accelerate config
 */
export async function torchStart(
  config: Config,
  place: TorchPlace,
  parallel: number,
  programs: TorchPrograms,
): Promise<TrainerStart> {
  const { path } = await choosePython({
    setting: programs.python,
    config: config['backend.torch.python'],
    active: await programs.activePython(place.configFile),
    ...place,
    env: process.env,
  });
  const launcher = await accelerateArguments(config, place.configFile);
  return {
    trainer: [
      path,
      ...launcher,
      ...(launcher.length > 0 ? ['--no_python', path] : []),
      ...running(programs.wheel),
    ],
    environment: ISOLATED,
    // Adapters of one base model can be trained in turn without loading it again.
    together: config['training.method'] === 'lora' && parallel === 1,
    launcher: launcher.length > 0,
  };
}

/**
 * Arguments of a Python that runs the package. It is isolated: a run folder, which is its working folder, may have come with
 * a repository, and a file `torch.py` in it must not be imported. `-m` alone would do that before Python 3.11.
 */
export function running(wheel: string): string[] {
  return ['-I', '-u', '-c', RUN_MODULE, wheel];
}

/** The same for what libraries start. */
export const ISOLATED: Readonly<Record<string, string>> = { PYTHONSAFEPATH: '1', PYTHONNOUSERSITE: '1' };

/** Empty where one process trains and nothing is to be set up for it. */
async function accelerateArguments(config: Config, configFile: string): Promise<string[]> {
  const { 'backend.torch.accelerate_config': file, 'backend.torch.processes': processes } = config;
  if (file === undefined && processes === 1) return [];
  const launch = ['-I', '-m', 'accelerate.commands.launch'];
  const count = processes === 1 ? [] : ['--num_processes', String(processes)];
  if (file !== undefined) return [...launch, '--config_file', await existing(file, configFile), ...count];
  // Also without GPUs this starts several processes. Port 0 is one that is free.
  const own = ['--multi_gpu', '--num_machines', '1', '--main_process_port', '0'];
  return [...launch, ...own, '--mixed_precision', 'no', '--dynamo_backend', 'no', ...count];
}

async function existing(file: string, configFile: string): Promise<string> {
  const path = resolvePath(file, dirname(configFile));
  const refusal = refusedPath(file) ?? ((await isFile(path)) ? undefined : `There is no file ${path}.`);
  if (refusal === undefined) return path;
  throw new FileError(
    `backend.torch.accelerate_config: ${refusal} Write it with accelerate config --config_file, then resume the run; or name another and train again.`,
  );
}
