import { dirname } from 'node:path';
import { check } from '../../../core/check/check';
import type { Config } from '../../../core/config/config';
import type { CommandFile } from '../../../core/runs/command-file';
import { RUN_FILES } from '../../../core/runs/format';
import { armConfig, sweepArms } from '../../../core/sweeps/arms';
import { readingFacts } from '../../configs/reading-facts';
import { FileError } from '../../files/text-files';
import type { FoundPython } from '../../torch/python';
import type { TorchPrograms } from '../../torch/torch-start';
import type { LaunchPlan, LaunchRequest, Programs } from '../launch-plan';
import { knownConfig } from './known-config';
import { commandStart, commandText } from './trainer-plan';
import { findTrainerPython } from './trainer-python';

/** Whether a file is started as it is, by Python. */
export function isScript(file: string): boolean {
  return /\.py$/i.test(file);
}

/** Any trainer that builds on transformers' Trainer can be watched. */
const TRAINER = { trainer: 'python', packages: ['trl', 'transformers'] };
const BETA_NAME = /^(?:--?[\w.-]+|[\w.]+=|env:[A-Za-z_]\w*)$/;

/**
 * How a Python script is run with our callback in it. Beta is swept only where the script takes it: as an argument
 * (`--beta`, or `loss.beta=`), or as an environment variable (`env:BETA`).
 *
 * @throws FileError where no environment has transformers, or a sweep does not know how the script takes beta
 */
export async function planScript(
  text: string,
  request: LaunchRequest,
  programs: Pick<Programs, 'node' | 'command' | 'torch'>,
): Promise<LaunchPlan> {
  const { configFile, sweep, script = {} } = request;
  const python = await scriptPython(request, programs.torch);
  const reading = readingFacts(configFile, text);
  const versions = { ...reading.versions, ...python.packages };
  const checked = check(text, configFile, { reading: { ...reading, versions } });
  // What a script says of one training need not hold for another.
  const known =
    checked.experiments.length === 1 && checked.experiment.trainer.dialect !== 'dpo-lab'
      ? knownConfig(checked.experiment)
      : ({ 'backend.kind': 'torch' } as Config);
  if (sweep && (script.beta === undefined || !BETA_NAME.test(script.beta))) {
    throw new FileError(
      `${configFile} is a script: say how it takes beta, as an argument or an environment variable: --beta-as --beta, --beta-as loss.beta= or --beta-as env:BETA.`,
    );
  }
  const arms = sweep
    ? sweepArms(known, { beta: sweep.beta ?? [] }).map((arm) => ({
        ...armConfig(known, arm),
        'training.seed': known['training.seed'],
      }))
    : [known];
  if (arms.length === 0) throw new FileError('Give the betas to sweep: --beta 0.1,0.05,0.02.');
  const version = python.packages.trl;
  return {
    checked,
    producer: {
      kind: 'command',
      trainer: version === undefined ? 'python' : 'trl',
      ...(version !== undefined && { version }),
    },
    arms: arms.map((config) => ({
      config,
      files: { [RUN_FILES.command]: commandText(commandOf(python, request, sweep && config)) },
    })),
    job: { ...commandStart(programs), parallel: sweep?.parallel ?? 1, stopDegenerate: false },
    notes: [],
  };
}

/** @throws FileError */
export async function scriptPython(
  { configFile, dataFolder }: Pick<LaunchRequest, 'configFile' | 'dataFolder'>,
  torch: TorchPrograms,
): Promise<FoundPython> {
  return findTrainerPython(TRAINER, {
    setting: torch.python,
    active: await torch.activePython(configFile),
    configFile,
    workspaceFolder: dirname(dataFolder),
    env: process.env,
  });
}

function commandOf(
  python: FoundPython,
  { configFile, script = {} }: LaunchRequest,
  arm: Config | undefined,
): CommandFile {
  const beta = String(arm?.['objective.beta']);
  const { beta: name = '', args = [] } = script;
  const isVariable = name.startsWith('env:');
  const argument =
    arm === undefined || isVariable ? [] : name.endsWith('=') ? [`${name}${beta}`] : [name, beta];
  return {
    python: python.path,
    words: ['python', configFile, ...args, ...argument],
    folder: dirname(configFile),
    isWatched: true,
    ...(arm !== undefined && isVariable && { environment: { [name.slice(4)]: beta } }),
  };
}

/**
 * The command of a script's run that continues, from the one that it was started with: its own script and nothing else.
 *
 * @throws FileError where it is not that of this script
 */
export function continuedScript(before: CommandFile, configFile: string, python: FoundPython): CommandFile {
  const [program, script] = before.words;
  if (program !== 'python' || script !== configFile)
    throw new FileError(`The run was not started from ${configFile}. Start it again.`);
  return { ...before, python: python.path, folder: dirname(configFile), isWatched: true };
}
