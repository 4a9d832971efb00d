import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Checked, fixesOf, isConfigFile } from '../../core/check/check';
import { timeEstimate, timeInWords } from '../../core/memory/time';
import { nextRound, type Round } from '../../core/sweeps/adaptive-round';
import { listed } from '../../core/words/counts';
import { decimal, duration } from '../../core/words/numbers';
import { gatherFacts } from '../../node/facts/gather-facts';
import { isFile, shownPath } from '../../node/files/paths';
import { FileError, readTextFile } from '../../node/files/text-files';
import { ConfigErrors, type Launched, type LaunchedConfig, launch } from '../../node/launch/launch';
import type { LaunchRequest, Programs } from '../../node/launch/launch-plan';
import { isScript } from '../../node/launch/trainers/script-plan';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';
import { runFolderOf } from '../../node/runs/run-store';
import { wheelName } from '../../node/torch/torch-start';
import { NAMES } from '../check/config-files';
import { plural } from '../check/file-reports';
import { textReport } from '../check/text';
import { layout, print, printToStderr } from '../terminal/output';
import { visible, wrap } from '../terminal/text-layout';
import { EXIT, UsageError } from '../usage-error';
import { VERSION } from '../version';
import { reportEnds } from './end-summary';
import { namedFolder, placeOf, shellWord } from './find-run';
import { follow } from './follow';
import { mayUseKey } from './judge-key';
import { judgedArms, responseText, sweepResponse } from './response-table';
import { type Rounds, roundsOf } from './rounds';

export interface LaunchOptions {
  readonly json: boolean;
  readonly detach: boolean;
  readonly dataFolder?: string;
  readonly allowJudge?: string;
  readonly betaAs?: string;
}

export const EXIT_CODES = `
Exit codes: 0 completed, 1 failed, 2 nothing was started, 3 stopped, 70 a bug in
dpo-lab, 130 left by a second Ctrl-C while the run is stopping.`;

export function addLaunchOptions(command: Command): Command {
  return addAllowJudgeOption(addDataFolderOption(command))
    .option('--detach', 'start it and return at once', false)
    .option('--json', 'print lines of JSON', false);
}

function addAllowJudgeOption(command: Command): Command {
  return command.option(
    '--allow-judge <host>',
    'let the judge of the config send its key to this host, such as https://api.openai.com; remembered for you',
  );
}

export function addDataFolderOption(command: Command): Command {
  return command.option(
    '--data-folder <folder>',
    `where runs are kept (default: the closest ${DATA_FOLDER})`,
  );
}

/** The programs lie beside the bundled command line. */
export function programs(allowedJudge?: string): Programs {
  const folder = dirname(fileURLToPath(import.meta.url));
  return {
    node: process.execPath,
    job: join(folder, 'job.js'),
    onnxTrainer: join(folder, 'onnx-trainer.js'),
    judge: join(folder, 'judge.js'),
    command: join(folder, 'command.js'),
    allowKey: (request) => mayUseKey(request, allowedJudge),
    say: (note) => printToStderr(visible(note)),
    torch: {
      wheel: join(folder, wheelName(VERSION)),
      python: '',
      activePython: async () => undefined,
    },
    versions: { 'dpo-lab': VERSION },
  };
}

/** Launches what a config describes and follows it to its end. */
export async function launchAndFollow(
  config: string,
  sweep: LaunchRequest['sweep'],
  options: LaunchOptions,
  args: readonly string[] = [],
): Promise<void> {
  const configFile = resolve(config);
  await requireConfig(config, configFile);
  const cwd = process.cwd();
  const dataFolder =
    options.dataFolder === undefined
      ? join(await workspaceOf(configFile, cwd), DATA_FOLDER)
      : await namedFolder(cwd, options.dataFolder);
  const launch = { configFile, dataFolder, cwd, options, ...scriptOf(configFile, args, options) };
  const rounds = sweep && (await roundsOf(configFile, sweep));
  if (rounds) return launchInRounds(launch, rounds, sweep.parallel);
  const launched = await launchAndWait(launch, sweep);
  if (launched) await printResponse(launch, [launched.sweep], launched.name);
}

/** What stays the same from one round to the next. */
interface Launch {
  readonly configFile: string;
  readonly dataFolder: string;
  readonly cwd: string;
  readonly options: LaunchOptions;
  readonly script?: LaunchRequest['script'];
}

/** Undefined where nothing was started, or nobody waits. */
async function launchAndWait(
  { configFile, dataFolder, cwd, options, script }: Launch,
  sweep: LaunchRequest['sweep'],
): Promise<{ readonly sweep: string; readonly name: string; readonly hasEndedWell: boolean } | undefined> {
  const launched = await launchOrSay(
    { configFile, dataFolder, ...(sweep && { sweep }), ...(script && { script }) },
    cwd,
    options.allowJudge,
  );
  if (!launched) {
    process.exitCode = EXIT.usage;
    return undefined;
  }
  const runs = launched.runs.map((id) => ({ id, folder: runFolderOf(dataFolder, id) }));
  const place = await placeOf(dataFolder, cwd);
  const name = nameOf(launched) + place;
  tellLaunch(launched, runs, options, name);
  // Runs that cannot start have failed within a second, which is no time to return before.
  if (options.detach && !launched.problem) return undefined;
  const followed = await follow(runs, { json: options.json, history: true, onInterrupt: 'stop', name });
  const exit = reportEnds(followed, options.json, place);
  process.exitCode = exit;
  return { sweep: launched.sweep, name, hasEndedWell: exit === EXIT.ok };
}

async function printResponse(
  { configFile, dataFolder, cwd, options }: Launch,
  sweeps: readonly string[],
  name: string,
): Promise<void> {
  const response = await sweepResponse(dataFolder, sweeps);
  if (!response) return;
  if (options.json) {
    print(JSON.stringify({ type: 'response', ...response }));
    return;
  }
  for (const line of responseText(response, shellWord(visible(shownPath(configFile, cwd))))) print(line);
  print(`See it drawn: dpo-lab report ${visible(name)}`);
}

/** @throws UsageError where arguments are given that no config takes */
function scriptOf(
  file: string,
  args: readonly string[],
  { betaAs }: LaunchOptions,
): Pick<LaunchRequest, 'script'> {
  if (isScript(file)) return { script: { args, ...(betaAs !== undefined && { beta: betaAs }) } };
  if (args.length === 0 && betaAs === undefined) return {};
  throw new UsageError('Only a Python script takes arguments and --beta-as. Write settings into the config.');
}

/** @throws UsageError for what is neither named like a config of ours nor one of another trainer by its content */
async function requireConfig(name: string, path: string): Promise<void> {
  if (isConfigFile(path) || (isScript(path) && (await isFile(path)))) return;
  const text = await readTextFile(path).catch((error: unknown) => {
    throw error instanceof FileError ? new UsageError(error.message) : error;
  });
  if (isConfigFile(path, text)) return;
  throw new UsageError(
    `${visible(name)} is no config: it is not named like one of DPO Lab (${NAMES}), and not recognised as another trainer's. Name a config.`,
  );
}

/** A sweep that ends when it is decided: round after round, each for a reason that is said. */
async function launchInRounds(
  launch: Launch,
  { grid, seeds, budgetRuns, budgetMinutes }: Rounds,
  parallel: number | undefined,
): Promise<void> {
  const { dataFolder, options } = launch;
  if (options.detach) {
    throw new UsageError(
      'sweep.until: decided trains in rounds, which this command starts one after another. Leave out --detach.',
    );
  }
  const sweeps: string[] = [];
  const started = Date.now();
  let name = '';
  for (let number = 1; ; number++) {
    const { arms, settings } = await judgedArms(dataFolder, sweeps);
    const minutes = budgetMinutes - (Date.now() - started) / 60_000;
    const left = Math.min(budgetRuns - arms.length, Math.floor(minutes / settings.costs.run));
    const round = nextRound({ grid, seeds, arms, settings, left: Math.max(0, left) });
    sayRound(number, round, options.json);
    if (round.kind === 'end') break;
    const launched = await launchAndWait(launch, { arms: round.arms, ...(parallel && { parallel }) });
    if (!launched) return;
    sweeps.push(launched.sweep);
    // Runs with the same settings are drawn together, whichever round they are of.
    if (name === '') name = launched.name;
    if (!launched.hasEndedWell) break;
  }
  await printResponse(launch, sweeps, name);
}

function sayRound(number: number, round: Round, json: boolean): void {
  if (json) {
    print(JSON.stringify({ type: 'round', number, ...round }));
    return;
  }
  const what =
    round.kind === 'end'
      ? `End: ${round.why}`
      : `Round ${number}: ${round.why} ${listed(round.arms.map(({ beta, seed }) => `beta ${decimal(beta)} seed ${seed}`))}.`;
  for (const line of ['', ...wrap(what, layout().width)]) print(line);
}

async function launchOrSay(
  request: LaunchRequest,
  cwd: string,
  allowedJudge: string | undefined,
): Promise<LaunchedConfig | undefined> {
  try {
    return await launch(request, programs(allowedJudge), gatherFacts);
  } catch (error) {
    if (error instanceof ConfigErrors) {
      printToStderr(problemsText(error.checked, cwd));
      printToStderr(visible(error.message));
      return undefined;
    }
    throw error instanceof FileError ? new UsageError(error.message) : error;
  }
}

function problemsText(checked: Checked, cwd: string): string {
  const problems = checked.problems
    .filter(({ severity }) => severity === 'error')
    .map((problem) => ({ ...problem, fixes: fixesOf(checked, problem) }));
  const { text, fileName: path } = checked;
  return textReport(
    { files: [{ name: shownPath(path, cwd), path, text, problems, applied: [] }], failures: [] },
    layout(),
  );
}

/** What other commands call it. */
function nameOf({ sweep, runs: [first = '', ...more] }: Launched): string {
  return more.length === 0 ? first : sweep;
}

/** Milliseconds: what is over sooner needs no estimate. */
const WORTH_SAYING = 600_000;

function tellLaunch(
  { sweep, checked, problem }: LaunchedConfig,
  runs: readonly { readonly id: string; readonly folder: string }[],
  { json, detach }: LaunchOptions,
  name: string,
): void {
  if (json) {
    print(JSON.stringify({ type: 'launched', sweep, runs }));
    return;
  }
  const warnings = checked.problems.filter(({ severity }) => severity === 'warning').length;
  const file = visible(shownPath(checked.fileName, process.cwd()));
  if (warnings > 0) print(`${plural(warnings, 'warning')} about ${file}: dpo-lab check says more.`);
  const time = timeEstimate(checked.experiment, checked.facts);
  if (time && time.run * runs.length > WORTH_SAYING) {
    const all =
      runs.length > 1 ? ` ${plural(runs.length, 'run')}: about ${duration(time.run * runs.length)}.` : '';
    for (const line of wrap(`${timeInWords(time)}${all}`, layout().width)) print(line);
  }
  for (const { folder } of runs) print(visible(shownPath(folder, process.cwd())));
  if (detach && !problem) print(`Watch it with: dpo-lab watch ${visible(name)}`);
}
