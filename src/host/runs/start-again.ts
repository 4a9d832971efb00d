import * as vscode from 'vscode';
import type { RunOverview } from '../../core/runs/run-snapshot';
import { runTitle, stateSentence } from '../../core/runs/run-words';

/**
 * A second press of a button is seldom a second wish.
 *
 * @param same runs of this very config that go on
 */
export async function mayStartAgain(name: string, same: readonly RunOverview[]): Promise<boolean> {
  if (same.length === 0) return true;
  const yes = 'Start Again';
  const runs = same.length === 1 ? `A run of ${name} goes` : `${same.length} runs of ${name} go`;
  const detail = same
    .slice(0, 8)
    .map((run) => `${runTitle(run)}: ${stateSentence(run)}`)
    .join('\n');
  const question = `${runs} on already, from this very config. Start the same again?`;
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
