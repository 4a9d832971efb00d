import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type Checked, check } from '../../../core/check/check';
import type { Config } from '../../../core/config/config';
import type { Experiment } from '../../../core/config/experiment';
import type { CommandFile } from '../../../core/runs/command-file';
import { RUN_FILES } from '../../../core/runs/format';
import { armConfig, sweepArms } from '../../../core/sweeps/arms';
import { readingFacts } from '../../configs/reading-facts';
import { FileError } from '../../files/text-files';
import type { FoundPython } from '../../torch/python';
import type { TorchPrograms, TrainerStart } from '../../torch/torch-start';
import type { LaunchPlan, LaunchRequest, Programs } from '../launch-plan';
import { knownConfig } from './known-config';
import { sharedReferences } from './shared-references';
import { overrideWords, programFor, type TrainerProgram } from './trainer-commands';
import { findTrainerPython } from './trainer-python';
import { workingFolder } from './working-folder';

/** A trainer with its environment, for one config. */
export interface FoundTrainer {
  readonly program: TrainerProgram;
  readonly python: FoundPython;
  /** Read with the versions that are installed there. */
  readonly checked: Checked;
}

/**
 * The trainer that a config is written for, and an environment that has it.
 *
 * @throws FileError where DPO Lab cannot start it, or no environment has it
 */
export async function findTrainer(
  text: string,
  { configFile, dataFolder }: Pick<LaunchRequest, 'configFile' | 'dataFolder'>,
  torch: TorchPrograms,
): Promise<FoundTrainer> {
  const { experiments, experiment } = check(text, configFile);
  const { dialect, program: name, launch } = experiment.trainer;
  const program = programFor(dialect, configFile, experiments.length);
  if (!program) {
    throw new FileError(
      `DPO Lab cannot start ${basename(configFile)}, which is for ${name || dialect}. Start it yourself${launch ? ` (${launch.replace('FILE', basename(configFile))})` : ''}, then follow it with: dpo-lab adopt OUTPUT_FOLDER --watch`,
    );
  }
  const python = await findTrainerPython(program, {
    setting: torch.python,
    active: await torch.activePython(configFile),
    configFile,
    workspaceFolder: dirname(dataFolder),
    env: process.env,
  });
  const reading = readingFacts(configFile, text);
  const versions = { ...reading.versions, ...python.packages };
  return { program, python, checked: check(text, configFile, { reading: { ...reading, versions } }) };
}

/**
 * How another trainer's config is trained: by its own command, once for each arm, with values of the sweep and an output
 * folder written over the config's.
 *
 * @throws FileError where there is nothing to sweep or a file is missing
 */
export function planTraining(
  trainer: FoundTrainer,
  request: LaunchRequest,
  programs: Pick<Programs, 'node' | 'command'>,
): LaunchPlan {
  const { program, python, checked } = trainer;
  const { sweep } = request;
  const known = knownConfig(checked.experiment);
  const arms = sweep ? armsOf(known, request) : [known];
  const version = program.packages.map((name) => python.packages[name]).find((one) => one !== undefined);
  const shared = sharedReferences(checked.experiment, program, python, arms.length);
  return {
    checked,
    producer: { kind: 'command', trainer: program.trainer, ...(version !== undefined && { version }) },
    arms: arms.map((config) => ({
      config,
      files: {
        [RUN_FILES.command]: commandText(commandOf(trainer, request, config, shared.isShared)),
        [configCopy(request.configFile)]: checked.text,
      },
    })),
    job: { ...commandStart(programs), parallel: sweep?.parallel ?? 1, stopDegenerate: false },
    notes: shared.notes,
  };
}

/** How a job starts another trainer's command: by a program of ours that is given the run's folder. */
export function commandStart({ node, command }: Pick<Programs, 'node' | 'command'>): TrainerStart {
  // Behind it, processes stand that a signal would end before they have saved.
  return { trainer: [node, command], environment: {}, launcher: true };
}

export function commandText(command: CommandFile): string {
  return `${JSON.stringify(command, null, 2)}\n`;
}

/** The command of one arm. What the arm shares with the config is not written over it. */
export function commandOf(
  { program, python, checked }: FoundTrainer,
  { configFile, dataFolder }: Pick<LaunchRequest, 'configFile' | 'dataFolder'>,
  arm: Config,
  sharesReferences: boolean,
): CommandFile {
  const { experiment } = checked;
  const folder = workingFolder(experiment, configFile, dirname(dataFolder), program.needs);
  if (program.needs !== undefined && !existsSync(join(folder, program.needs))) {
    throw new FileError(
      `${program.trainer} is started by ${program.needs}, which lies neither beside ${configFile} nor above it. Open the folder of ${program.trainer}'s repository, or put the config there.`,
    );
  }
  const overrides = [
    [program.output, '{output}'],
    ...(program.always ?? []),
    ...changedSettings(experiment, arm),
    ...(sharesReferences ? [['precompute_ref_log_probs', 'true']] : []),
  ];
  const config = program.readsConfigInPlace ? configFile : '{config}';
  return {
    python: python.path,
    words: [
      ...program.words.map((word) =>
        word.replace('{config}', config).replace('{recipe}', recipeOf(experiment)),
      ),
      ...overrides.flatMap(([key = '', value = '']) => overrideWords(program, key, value)),
    ],
    folder,
    isWatched: program.isWatched,
    ...(sharesReferences && { references: join(dataFolder, 'cache', 'references') }),
  };
}

const SWEPT = ['objective.beta', 'training.seed', 'training.learning_rate'] as const;

/** What an arm has of its own, under the trainer's keys. */
function changedSettings(experiment: Experiment, arm: Config): string[][] {
  return SWEPT.flatMap((path) => {
    const { key, value, given } = experiment.get(path);
    const wanted = arm[path];
    if (
      wanted === undefined ||
      (wanted === value && (given || experiment.defaultInWords(path) !== undefined))
    )
      return [];
    return [[key, String(wanted)]];
  });
}

/** torchtune's recipes are named on its command line; its configs say which model they load. */
function recipeOf(experiment: Experiment): string {
  const isLora = experiment.get('training.method').value === 'lora';
  return isLora ? 'lora_dpo_single_device' : 'full_dpo_distributed';
}

/** @throws FileError */
function armsOf(known: Config, { configFile, sweep }: LaunchRequest): Config[] {
  const arms = sweepArms(known, sweep);
  if (arms.length > 0) return arms.map((arm) => armConfig(known, arm));
  throw new FileError(`${configFile} names no betas to sweep. Give them: --beta 0.1,0.05,0.02.`);
}

/** The name of the run's own copy of the config, which stays as it is while the user's file changes. */
export function configCopy(configFile: string): string {
  return `config${extname(configFile)}`;
}
