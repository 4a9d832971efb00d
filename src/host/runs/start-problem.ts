import * as vscode from 'vscode';
import type { FileError } from '../../node/files/text-files';
import { NoPython } from '../../node/torch/torch-python';

const SET_UP = 'Set Up Training Environment';
const SETTINGS = 'Open Settings';
const RESUME = 'Resume';

/**
 * Says why runs have failed before a trainer was started, and offers what mends it: an environment, after which they can
 * be resumed, or the setting that names another one.
 *
 * @param folders of the runs
 */
export async function reportProblem(problem: FileError, folders: readonly string[]): Promise<void> {
  const { executeCommand } = vscode.commands;
  const mend = problem instanceof NoPython ? MENDING[problem.source ?? 'none'] : undefined;
  const answer = await vscode.window.showErrorMessage(problem.message, ...(mend ? [mend] : []));
  if (answer === SETTINGS) await executeCommand('workbench.action.openSettings', 'dpoLab.pythonPath');
  if (answer !== SET_UP) return;
  const python = await executeCommand<string | undefined>('dpoLab.setUpEnvironment');
  if (python === undefined) return;
  const runs = folders.length === 1 ? 'The run' : `The ${folders.length} runs`;
  const question = `${runs} that found no Python can train now.`;
  if ((await vscode.window.showInformationMessage(question, RESUME)) !== RESUME) return;
  await executeCommand('dpoLab.resumeRun', folders[0], folders);
}

/** A Python that the config names is mended there, or in the config. */
const MENDING = {
  none: SET_UP,
  'dpoLab.pythonPath': SETTINGS,
  'backend.torch.python': undefined,
} as const;
