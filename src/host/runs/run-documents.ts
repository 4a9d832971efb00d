import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { runTitle } from '../../core/runs/run-words';
import { shownPath } from '../../node/files/paths';
import { reportOf } from '../../node/panels/report-of';
import { writeReport } from '../../node/panels/write-report';
import { UserError } from '../commands';
import { PAGE_SCHEME } from '../contributions';
import { requireTrust } from '../trust';
import { exists } from '../vscode/file-system';
import { NO_RUNS, type RunChoice } from './run-choice';
import type { WorkspaceRuns } from './workspace-runs';

/** What a run leaves to read: its config then and now, and a report to pass on. */
export class RunDocuments {
  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly choice: RunChoice,
    private readonly version: string,
  ) {}

  /** The config as the run had it beside the file as it is. */
  async showDifference(...args: readonly unknown[]): Promise<void> {
    const run = await this.choice.one(args, { title: 'Show What Differs', none: NO_RUNS });
    if (!run) return;
    const { configFile, configText } = run.run ?? {};
    if (configFile === undefined || configText === undefined)
      throw new UserError(`${runTitle(run)} keeps no text of its config, so nothing can be compared.`);
    const now = vscode.Uri.file(configFile);
    if (!(await exists(now)))
      throw new UserError(`${configFile} does not exist any more. The run's own copy is in run.json.`);
    const title = `${basename(configFile)}: as trained (${run.id}) and now`;
    await vscode.commands.executeCommand('vscode.diff', trainedConfigUri(run.id), now, title);
  }

  /** One file that opens in any browser: of a run, or of the sweep that several are arms of. */
  async report(...args: readonly unknown[]): Promise<void> {
    requireTrust();
    const runs = await this.choice.some(args, { title: 'Write Report', none: NO_RUNS });
    const [first] = runs;
    if (!first) return;
    const sweep = runs.length > 1 ? first.run?.sweep : undefined;
    const name = `${sweep ?? first.id}.html`;
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(first.folder))?.uri.fsPath;
    const uri = await vscode.window.showSaveDialog({
      title: 'Write Report',
      filters: { Report: ['html'] },
      defaultUri: vscode.Uri.file(join(folder ?? dirname(first.folder), name)),
    });
    if (!uri) return;
    const about = sweep === undefined ? first.folder : { dataFolder: dirname(dirname(first.folder)), sweep };
    const bytes = await writeReport(uri.fsPath, await reportOf(about, `DPO Lab ${this.version}`));
    const open = 'Open in Browser';
    const words = `${shownPath(uri.fsPath, folder ?? dirname(uri.fsPath))} written: ${(bytes / 1e6).toFixed(1)} MB.`;
    if ((await vscode.window.showInformationMessage(words, open)) === open)
      await vscode.env.openExternal(uri);
  }

  /** The text of a run's config as it was started; undefined for a run that is not in this workspace. */
  trainedConfig(uri: vscode.Uri): string | undefined {
    return this.runs.find(trainedRunOf(uri))?.run?.configText;
  }
}

/** Without the ending of a config: it is not checked again. */
function trainedConfigUri(id: string): vscode.Uri {
  return vscode.Uri.from({ scheme: PAGE_SCHEME, path: `/trained/${id}.txt` });
}

function trainedRunOf({ path }: vscode.Uri): string {
  return /^\/trained\/(.+)\.txt$/.exec(path)?.[1] ?? '';
}
