import * as vscode from 'vscode';
import { type LaunchEnd, LaunchEnds } from '../../core/panels/launch-end';
import { decimal } from '../../core/words/numbers';
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

async function tell({ severity, words, runs, best, isInterrupted }: LaunchEnd): Promise<void> {
  const [open, resume] =
    runs.length === 1
      ? (['dpoLab.openRun', 'dpoLab.resumeRun'] as const)
      : (['dpoLab.openSweep', 'dpoLab.resumeSweep'] as const);
  const commands = isInterrupted ? [open, resume] : [open];
  const config = runs[0]?.run?.configFile;
  const use = best && config !== undefined ? [`Use Beta ${decimal(best.beta)}`] : [];
  const titles = [...use, ...commands.map((command) => COMMANDS[command].title)];
  const answer = await SHOW[severity](words, ...titles);
  if (best && config !== undefined && answer === use[0]) {
    await vscode.commands.executeCommand('dpoLab.useBeta', vscode.Uri.file(config), best.beta);
    return;
  }
  const command = commands.find((one) => COMMANDS[one].title === answer);
  const folders = runs.map(({ folder }) => folder);
  if (command) await vscode.commands.executeCommand(command, folders[0], folders);
}
