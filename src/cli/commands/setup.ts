import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { pythonFaults } from '../../core/environment/torch-packages';
import { FileError } from '../../node/files/text-files';
import { readMachine } from '../../node/processes/machine';
import { DATA_FOLDER, workspaceOf } from '../../node/runs/data-folder';
import { namedPython } from '../../node/torch/python';
import { setupPlan, TORCH_BUILDS, type TorchBuild } from '../../node/torch/torch-build';
import { askTorch } from '../../node/torch/torch-environment';
import { setUpTorch } from '../../node/torch/torch-setup';
import { print, printToStderr } from '../terminal/output';
import { StatusLine } from '../terminal/status-line';
import { visible } from '../terminal/text-layout';
import { programs } from '../train/launching';
import { EXIT } from '../usage-error';

const HELP_AFTER = `
Makes a virtual environment with the packages of the torch trainer, in versions
that were tested together: with uv where that is installed, else with Python's
own venv. A set-up that was interrupted goes on when it is asked for again.
PyTorch comes for NVIDIA GPUs where there is one, else for the processor.

Examples:
  dpo-lab setup torch
  dpo-lab setup torch --folder ~/envs/dpo --torch cpu

Exit codes: 0 ready, 1 failed, 3 stopped, 70 a bug in dpo-lab.`;

interface SetupOptions {
  readonly folder?: string;
  readonly torch?: TorchBuild;
  readonly existing: boolean;
}

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .summary('make the Python environment of the torch trainer')
    .description('Makes what a trainer needs.')
    .command('torch')
    .description('Makes the Python environment of the torch trainer.')
    .option('--folder <folder>', 'the environment (default: .venv beside .dpo, else in this folder)')
    .addOption(
      new Option('--torch <build>', 'which PyTorch; index: what pip gives by itself').choices(TORCH_BUILDS),
    )
    .option('--existing', 'install into an environment that something else has made', false)
    .addHelpText('after', HELP_AFTER)
    .action(runSetup);
}

async function runSetup({ folder, torch, existing }: SetupOptions): Promise<void> {
  const cwd = process.cwd();
  const environment =
    folder === undefined
      ? join(await workspaceOf(join(cwd, DATA_FOLDER), cwd), '.venv')
      : resolve(cwd, folder);
  const plan = setupPlan(torch, await readMachine(), process.platform);
  print(visible(`Setting up ${environment}: ${plan.words}, with TRL.`));
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  const status = new StatusLine();
  try {
    const tell = (activity: string): void => status.show(visible(activity), false);
    const request = { environment, ...plan, intoExisting: existing, env: process.env };
    const python = await setUpTorch(request, tell, abort.signal);
    tell('asking it what it can train on');
    await report(python, abort.signal, status);
  } catch (error) {
    status.clear();
    if (abort.signal.aborted) {
      process.exitCode = EXIT.stopped;
      printToStderr('Stopped. The same command continues from there.');
    } else if (error instanceof FileError) {
      process.exitCode = EXIT.problems;
      printToStderr(visible(error.message));
    } else throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function report(python: string, signal: AbortSignal, status: StatusLine): Promise<void> {
  const found = await namedPython(python);
  const faults =
    found.problem === undefined ? pythonFaults(found).map((words) => `It ${words}.`) : [found.problem];
  const told = faults.length === 0 ? await askTorch(python, programs().torch.wheel, signal) : undefined;
  signal.throwIfAborted();
  status.clear();
  const problems = [...faults, ...(told?.problems ?? [])];
  if (problems.length > 0) {
    throw new FileError(`${python} was set up, but cannot train. ${problems.join(' ')}`);
  }
  const { torch, trl } = found.packages;
  print(visible(`Ready: ${python}, Python ${found.version}, torch ${torch}, trl ${trl}.`));
  print(visible(`It trains on: ${told?.devices.map(({ name }) => name).join(', ')}.`));
  print('Configs with backend: { kind: torch } use it from here; others name it as backend.torch.python.');
}
