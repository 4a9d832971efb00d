import { execFile } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Checked, check } from '../../core/check/check';
import { factQuery } from '../../core/check/fact-query';
import { nestConfig } from '../../core/config/resolved';
import type { FactQuery, Facts } from '../../core/facts';
import { RUN_FILES, RUN_FORMAT, type RunFile } from '../../core/runs/format';
import { runId, sweepId } from '../../core/runs/run-id';
import { SWEEP_FILES, type SweepFile } from '../../core/sweeps/format';
import { replaceJson } from '../files/atomic-file';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../files/own-files';
import { FileError, messageOf, readTextFile } from '../files/text-files';
import { findProgram } from '../processes/find-program';
import { makeDataFolder, requireOwnPlace } from '../runs/data-folder';
import { runFolderOf, sweepFolderOf } from '../runs/run-store';
import type { LaunchPlan, LaunchRequest, Programs } from './launch-plan';
import { localLauncher } from './launchers/local';
import { planOwn } from './own-plan';
import { isScript, planScript } from './trainers/script-plan';
import { type FoundTrainer, findTrainer, planTraining } from './trainers/trainer-plan';
import { workingFolder } from './trainers/working-folder';

export interface Launched {
  readonly sweep: string;
  /** Ids, in the order in which they start. */
  readonly runs: readonly string[];
  /** Why the runs fail: there is no trainer to start. */
  readonly problem?: FileError;
}

/** What was launched from a config that has no errors, perhaps with warnings. */
export interface LaunchedConfig extends Launched {
  readonly checked: Checked;
}

/** The config has errors: nothing was started. */
export class ConfigErrors extends Error {
  override readonly name = 'ConfigErrors';

  constructor(readonly checked: Checked) {
    super(`${checked.fileName} has errors, so nothing was started. Fix them first.`);
  }
}

/**
 * Checks a config, makes the folders of its runs, and starts a job for them.
 *
 * @param gather looks up what the config names; an editor does that in a thread of its own
 * @throws ConfigErrors, and FileError where something cannot be read, written or started
 */
export async function launch(
  request: LaunchRequest,
  programs: Programs,
  gather: (query: FactQuery) => Promise<Facts>,
): Promise<LaunchedConfig> {
  const { configFile, dataFolder } = request;
  requireOwnPlace(dataFolder);
  const text = await readTextFile(configFile);
  const plan = await planOf(text, request, programs, gather);
  const { checked, problem } = plan;
  for (const note of plan.notes) programs.say?.(note);
  await makeDataFolder(dataFolder);
  const created = Date.now();
  const sweep = sweepId(created, chance());
  const common = {
    format: RUN_FORMAT,
    created,
    sweep,
    producer: plan.producer,
    configFile,
    configText: text,
    configHash: createHash('sha256').update(text).digest('hex'),
    baseFolder: dirname(configFile),
    dataFolder,
    versions: { ...programs.versions, node: process.versions.node },
    ...(await gitCommit(dirname(configFile))),
  };
  const runs: string[] = [];
  try {
    for (const { config, files } of plan.arms) {
      const id = runId(created, config['objective.beta'], chance(runs));
      await makeRun(dataFolder, { ...common, id, config: nestConfig(config) }, files);
      runs.push(id);
    }
    const file: SweepFile = { format: RUN_FORMAT, id: sweep, created, configFile, runs, ...plan.job };
    await makePrivate(sweepFolderOf(dataFolder, sweep));
    replaceJson(join(sweepFolderOf(dataFolder, sweep), SWEEP_FILES.sweep), file, { durable: true });
  } catch (error) {
    for (const id of runs) await rm(runFolderOf(dataFolder, id), { recursive: true, force: true });
    await rm(sweepFolderOf(dataFolder, sweep), { recursive: true, force: true });
    throw new FileError(
      `The run could not be set up in ${dataFolder}: ${messageOf(error)}. Check the space and the permissions there.`,
    );
  }
  await localLauncher.start({ node: programs.node, program: programs.job, dataFolder, sweep, runs });
  return { sweep, runs, checked, ...(problem && { problem }) };
}

/** @throws ConfigErrors, and FileError where a file or the trainer is missing */
async function planOf(
  text: string,
  request: LaunchRequest,
  programs: Programs,
  gather: (query: FactQuery) => Promise<Facts>,
): Promise<LaunchPlan> {
  if (isScript(request.configFile)) return planScript(text, request, programs);
  const { dialect } = check(text, request.configFile).experiment.trainer;
  const trainer = dialect === 'dpo-lab' ? undefined : await findTrainer(text, request, programs.torch);
  if (trainer) return planTraining(await checkedTrainer(text, trainer, request, gather), request, programs);
  const checked = await checkedConfig(text, request, gather);
  return planOwn(checked, request, programs);
}

/** @throws ConfigErrors */
async function checkedConfig(
  text: string,
  request: LaunchRequest,
  gather: (query: FactQuery) => Promise<Facts>,
): Promise<Checked> {
  const { configFile } = request;
  const { experiment } = check(text, configFile);
  return withoutErrors(check(text, configFile, await gather(factQuery(experiment, placeOf(request)))));
}

/**
 * The same for another trainer's config. Its trainer reads data in ways of its own, so that what we could not read of it
 * keeps nothing from starting.
 *
 * @throws ConfigErrors
 */
async function checkedTrainer(
  text: string,
  trainer: FoundTrainer,
  request: LaunchRequest,
  gather: (query: FactQuery) => Promise<Facts>,
): Promise<FoundTrainer> {
  const { configFile, dataFolder } = request;
  const { experiment, facts: known } = trainer.checked;
  const { train: _, eval: __, ...query } = factQuery(experiment, placeOf(request));
  const baseFolder = workingFolder(experiment, configFile, dirname(dataFolder), trainer.program.needs);
  const facts = { ...(await gather({ ...query, baseFolder })), ...known };
  return { ...trainer, checked: withoutErrors(check(text, configFile, facts)) };
}

function placeOf({ configFile, dataFolder }: LaunchRequest) {
  return { configFile, workspaceFolder: dirname(dataFolder), dataFolder: basename(dataFolder) };
}

/** @throws ConfigErrors */
function withoutErrors(checked: Checked): Checked {
  if (checked.problems.some(({ severity }) => severity === 'error')) throw new ConfigErrors(checked);
  return checked;
}

/** Complete or absent: readers never meet a folder without its `run.json`. */
async function makeRun(
  dataFolder: string,
  run: RunFile,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = runFolderOf(dataFolder, run.id);
  const unfinished = join(dirname(folder), `.${run.id}.new`);
  await makePrivate(unfinished);
  const all = { ...files, [RUN_FILES.run]: `${JSON.stringify(run, null, 2)}\n` };
  for (const [name, text] of Object.entries(all))
    await writeFile(join(unfinished, name), text, { flag: 'wx', mode: PRIVATE_FILE, flush: true });
  await rename(unfinished, folder);
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { mode: PRIVATE_FOLDER });
}

/** Four letters and digits that none of these ids ends in. */
function chance(taken: readonly string[] = []): string {
  for (;;) {
    const suffix = randomInt(36 ** 4)
      .toString(36)
      .padStart(4, '0');
    if (!taken.some((id) => id.endsWith(suffix))) return suffix;
  }
}

async function gitCommit(folder: string): Promise<{ gitCommit?: string }> {
  try {
    const git = await findProgram([process.platform === 'win32' ? 'git.exe' : 'git']);
    if (git === undefined) return {};
    const { stdout } = await promisify(execFile)(git, ['rev-parse', 'HEAD'], {
      cwd: folder,
      timeout: 5000,
    });
    const commit = stdout.trim();
    return /^[0-9a-f]{40,64}$/.test(commit) ? { gitCommit: commit } : {};
  } catch {
    return {}; // No repository, or no git.
  }
}
