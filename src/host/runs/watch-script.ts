import * as vscode from 'vscode';
import type { LaunchRequest } from '../../node/launch/launch-plan';
import { isScript } from '../../node/launch/trainers/script-plan';
import { UserError } from '../commands';
import { requireTrust } from '../trust';
import type { StartRuns } from './start-runs';

const ONCE = 'Run once';
const SWEEP = 'Sweep beta...';

/** Runs a Python script that is no config with our callback in it. How it takes beta is asked once and remembered. */
export class WatchScript {
  constructor(
    private readonly start: StartRuns,
    private readonly remembered: vscode.Memento,
  ) {}

  /**
   * @param given the file; by default the one in front
   * @param once without a question, for other extensions and for tests
   */
  async run(given: unknown, once?: unknown): Promise<readonly string[] | undefined> {
    requireTrust();
    const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== 'file' || !isScript(uri.fsPath))
      throw new UserError('Open the Python file that trains, and try again.');
    const answer =
      once === true ? ONCE : await vscode.window.showQuickPick([ONCE, SWEEP], { title: uri.fsPath });
    if (answer === undefined) return undefined;
    if (answer === ONCE) return this.start.runScript(uri, undefined, {});
    const beta = await this.askHow(uri);
    const betas = beta === undefined ? undefined : await askBetas();
    return betas && this.start.runScript(uri, { beta: betas }, { beta: beta ?? '' });
  }

  private async askHow(uri: vscode.Uri): Promise<string | undefined> {
    const key = `beta of ${vscode.workspace.asRelativePath(uri)}`;
    const how = await vscode.window.showInputBox({
      title: 'How does the script take beta?',
      prompt: 'As an argument (--beta, or loss.beta=) or an environment variable (env:BETA).',
      value: this.remembered.get<string>(key) ?? '--beta',
    });
    if (how !== undefined) await this.remembered.update(key, how.trim());
    return how?.trim();
  }
}

async function askBetas(): Promise<NonNullable<LaunchRequest['sweep']>['beta']> {
  const numbers = (text: string): number[] =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
  const text = await vscode.window.showInputBox({
    title: 'Betas',
    value: '0.1, 0.05, 0.02',
    validateInput: (value) =>
      numbers(value).every((beta) => beta > 0 && Number.isFinite(beta)) && numbers(value).length > 0
        ? undefined
        : 'Numbers above 0, such as 0.1, 0.02',
  });
  return text === undefined ? undefined : numbers(text);
}
