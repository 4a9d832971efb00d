import { execFile } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Checked, check } from '../../core/check/check';
import { factQuery } from '../../core/check/fact-query';
import type { Config } from '../../core/config/config';
import { nestConfig, resolveConfig } from '../../core/config/resolved';
import type { FactQuery, Facts } from '../../core/facts';
import type { KeyRequest } from '../../core/judge/key-request';
import { RUN_FILES, RUN_FORMAT, type RunFile } from '../../core/runs/format';
import { runId, sweepId } from '../../core/runs/run-id';
import { type Arm, armConfig, type SweepChoice, sweepArms } from '../../core/sweeps/arms';
import { SWEEP_FILES, type SweepFile } from '../../core/sweeps/format';
import { replaceJson } from '../files/atomic-file';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../files/own-files';
import { FileError, messageOf, readTextFile } from '../files/text-files';
import { findProgram } from '../processes/find-program';
import { makeDataFolder, requireOwnPlace } from '../runs/data-folder';
import { runFolderOf, sweepFolderOf } from '../runs/run-store';
import { type TorchPrograms, type TrainerStart, torchStart } from '../torch/torch-start';
import { needConsent } from './judge-consent';
import { localLauncher } from './launchers/local';

/** The programs that a launch starts, bundled beside whoever launches. */
export interface Programs {
  /** Node, which runs them. */
  readonly node: string;
  readonly job: string;
  readonly onnxTrainer: string;
  readonly judge: string;
  /** Asks the user whether a key may be sent to a host. */
  readonly allowKey: (request: KeyRequest) => Promise<boolean>;
  readonly torch: TorchPrograms;
  /** Versions to note in `run.json`, such as that of dpo-lab. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface LaunchRequest {
  /** Absolute. */
  readonly configFile: string;
  /** Absolute. */
  readonly dataFolder: string;
  /** Absent: one run of `objective.beta` and `training.seed`. */
  readonly sweep?: SweepChoice & { readonly parallel?: number };
}

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
  const checked = await checkedConfig(text, request, gather);
  const config = resolveConfig(checked.experiment);
  const arms = armsOf(config, request);
  await needConsent(config, programs.allowKey);
  const parallel = request.sweep?.parallel ?? config['sweep.parallel'];
  const { start, problem } = await trainerStart(config, request, parallel, programs);
  await makeDataFolder(dataFolder);
  const created = Date.now();
  const sweep = sweepId(created, chance());
  const common = {
    format: RUN_FORMAT,
    created,
    sweep,
    producer: { kind: config['backend.kind'], trainer: 'dpo-lab', ...ownVersion(programs) },
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
    for (const arm of arms) {
      const id = runId(created, arm.beta, chance(runs));
      await makeRun(dataFolder, { ...common, id, config: nestConfig(armConfig(config, arm)) });
      runs.push(id);
    }
    const file: SweepFile = {
      format: RUN_FORMAT,
      id: sweep,
      created,
      configFile,
      runs,
      parallel,
      stopDegenerate: config['sweep.stop_degenerate'],
      ...judgeStart(config, programs),
      ...start,
    };
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

/** How the job starts the judge of a run. */
export function judgeStart(
  config: Config,
  { node, judge }: Pick<Programs, 'node' | 'judge'>,
): Pick<SweepFile, 'judge'> {
  return config['evaluation.judge.kind'] === 'none' ? {} : { judge: [node, judge] };
}

/** What the job starts for a run. Where something of the torch trainer is not there: why the job starts nothing. */
export async function trainerStart(
  config: Config,
  { configFile, dataFolder }: Pick<LaunchRequest, 'configFile' | 'dataFolder'>,
  parallel: number,
  programs: Programs,
): Promise<{ readonly start: TrainerStart; readonly problem?: FileError }> {
  if (config['backend.kind'] === 'onnx') return { start: { trainer: [programs.node, programs.onnxTrainer] } };
  const place = { configFile, workspaceFolder: dirname(dataFolder) };
  try {
    return { start: await torchStart(config, place, parallel, programs.torch) };
  } catch (problem) {
    if (problem instanceof FileError) return { start: { trainer: [], problem: problem.message }, problem };
    throw problem;
  }
}

/** @throws ConfigErrors */
async function checkedConfig(
  text: string,
  { configFile, dataFolder }: LaunchRequest,
  gather: (query: FactQuery) => Promise<Facts>,
): Promise<Checked> {
  const { experiment } = check(text, configFile);
  const place = {
    configFile,
    workspaceFolder: dirname(dataFolder),
    dataFolder: basename(dataFolder),
  };
  const facts = await gather(factQuery(experiment, place));
  const checked = check(text, configFile, facts);
  if (checked.problems.some(({ severity }) => severity === 'error')) throw new ConfigErrors(checked);
  return checked;
}

/** @throws FileError where there is nothing to sweep */
function armsOf(config: Config, { configFile, sweep }: LaunchRequest): Arm[] {
  if (!sweep) return [{ beta: config['objective.beta'], seed: config['training.seed'] }];
  const arms = sweepArms(config, sweep);
  if (arms.length > 0) return arms;
  throw new FileError(
    `${configFile} names no betas to sweep. Write sweep: { beta: [0.1, 0.05, 0.02] }, or give --beta 0.1,0.05,0.02.`,
  );
}

/** Complete or absent: readers never meet a folder without its `run.json`. */
async function makeRun(dataFolder: string, run: RunFile): Promise<void> {
  const folder = runFolderOf(dataFolder, run.id);
  const unfinished = join(dirname(folder), `.${run.id}.new`);
  await makePrivate(unfinished);
  const text = `${JSON.stringify(run, null, 2)}\n`;
  await writeFile(join(unfinished, RUN_FILES.run), text, { flag: 'wx', mode: PRIVATE_FILE, flush: true });
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

function ownVersion({ versions }: Programs): { version?: string } {
  const version = versions['dpo-lab'];
  return version === undefined ? {} : { version };
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
