import * as vscode from 'vscode';
import { type LaunchEnd, LaunchEnds } from '../../core/runs/launch-end';
import { COMMANDS } from '../contributions';
import type { WorkspaceRuns } from './workspace-runs';

const SHOW = {
  error: vscode.window.showErrorMessage,
  warning: vscode.window.showWarningMessage,
  info: vscode.window.showInformationMessage,
} as const satisfies Record<LaunchEnd['severity'], unknown>;

/** Tells when what was launched has ended: hours may lie between, and nobody watches a list that long. */
export function reportEnds(runs: WorkspaceRuns): vscode.Disposable {
  const ends = new LaunchEnds();
  return runs.onDidChangeStates(() => {
    for (const end of ends.look(runs.all)) void tell(end);
  });
}

async function tell({ severity, words, runs, isInterrupted }: LaunchEnd): Promise<void> {
  const [open, resume] =
    runs.length === 1
      ? (['dpoLab.openRun', 'dpoLab.resumeRun'] as const)
      : (['dpoLab.openSweep', 'dpoLab.resumeSweep'] as const);
  const commands = isInterrupted ? [open, resume] : [open];
  const answer = await SHOW[severity](words, ...commands.map((command) => COMMANDS[command].title));
  const command = commands.find((one) => COMMANDS[one].title === answer);
  const folders = runs.map(({ folder }) => folder);
  if (command) await vscode.commands.executeCommand(command, folders[0], folders);
}
