import { join } from 'node:path';
import * as vscode from 'vscode';
import { pythonFaults } from '../../core/environment/torch-packages';
import { readMachine } from '../../node/processes/machine';
import { namedPython } from '../../node/torch/python';
import { type SetupPlan, setupPlan } from '../../node/torch/torch-build';
import { isForeign, setUpTorch } from '../../node/torch/torch-setup';
import { UserError } from '../commands';
import { requireTrust } from '../trust';

/** Makes the Python environment of the torch trainer in a workspace folder. */
export class EnvironmentSetup {
  private isRunning = false;

  /** @param done what shows the environment looks again */
  constructor(private readonly done: () => Promise<void>) {}

  /** Gives the interpreter, for tests; undefined where it was cancelled. */
  async run(): Promise<string | undefined> {
    requireTrust();
    if (this.isRunning) throw new UserError('An environment is being set up already: see the notification.');
    this.isRunning = true;
    try {
      const folder = await workspaceFolder();
      if (folder === undefined) return undefined;
      const environment = join(folder, '.venv');
      const intoExisting = isForeign(environment);
      if (intoExisting && !(await mayChange(environment))) return undefined;
      const plan = setupPlan(undefined, await readMachine(), process.platform);
      const python = await withProgress(environment, plan, intoExisting);
      if (python === undefined) return undefined;
      await this.done();
      await tellEnd(python);
      return python;
    } finally {
      this.isRunning = false;
    }
  }
}

async function workspaceFolder(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) {
    throw new UserError('The environment is made in a workspace folder on a disk: open one first.');
  }
  const placeHolder = 'Folder that gets the environment .venv';
  const chosen =
    folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick({ placeHolder });
  return chosen?.uri.fsPath;
}

async function mayChange(environment: string): Promise<boolean> {
  const yes = 'Install into It';
  const detail =
    'Something else has made it. Packages that are there may be replaced by the versions that training needs.';
  const question = `Install the torch trainer into ${environment}?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

/** Undefined where it was cancelled: what is there by then is gone on with when the command is called again. */
async function withProgress(
  environment: string,
  { words, ...plan }: SetupPlan,
  intoExisting: boolean,
): Promise<string | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Setting up ${words}, with TRL`,
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    const abort = new AbortController();
    cancelled.onCancellationRequested(() => abort.abort());
    const tell = (message: string): void => progress.report({ message });
    try {
      const request = { environment, words, ...plan, intoExisting, env: process.env };
      return await setUpTorch(request, tell, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return undefined;
      throw error;
    }
  });
}

async function tellEnd(python: string): Promise<void> {
  const found = await namedPython(python);
  const faults = found.problem === undefined ? pythonFaults(found) : [found.problem];
  if (faults.length > 0)
    throw new UserError(`${python} was set up, but cannot train: it ${faults.join('; it ')}.`);
  const { torch, trl } = found.packages;
  // Not awaited: the command is done, whether or not somebody answers.
  void vscode.window.showInformationMessage(
    `Ready: Python ${found.version} with torch ${torch} and trl ${trl}. Configs with backend: { kind: torch } use it.`,
  );
}
