import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../../core/runs/format';
import { isLive } from '../../core/runs/liveness';
import { type RunOverview, runName } from '../../core/runs/run-snapshot';
import { isResumable, newestLaunch, type RunItem } from '../../core/runs/run-tree';
import { runTitle } from '../../core/runs/run-words';
import type { FileError } from '../../node/files/text-files';
import { resume } from '../../node/launch/resume';
import { deleteRun } from '../../node/runs/delete-run';
import { askRun } from '../../node/runs/run-store';
import { UserError } from '../commands';
import type { Panels } from '../panels/panels';
import { requireTrust } from '../trust';
import { exists } from '../vscode/file-system';
import { columnBesideText } from '../vscode/panel-column';
import type { ProgramsOf } from './bundled-programs';
import { NO_RUNS, type RunChoice } from './run-choice';
import { reportProblem } from './start-problem';
import type { WorkspaceRuns } from './workspace-runs';

/** Commands about runs that are there. Each is given items of the view, ids of runs, or nothing: then it asks. */
export class RunCommands {
  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly choice: RunChoice,
    private readonly programs: ProgramsOf,
    private readonly panels: Pick<Panels, 'show'>,
  ) {}

  async open(...args: readonly unknown[]): Promise<void> {
    const run = await this.choice.one(args, { title: 'Open Run', none: NO_RUNS });
    if (run) this.showRun(run, undefined);
  }

  /** A row of the list: a run, or a sweep of several. */
  openItem(item: RunItem | undefined): void {
    const [first] = item?.runs ?? [];
    if (!item || !first) return;
    if (item.children.length > 0) this.showSweep(first, undefined);
    else this.showRun(first, undefined);
  }

  /** What was launched last. */
  openLatest(): void {
    const newest = newestLaunch(this.runs.all);
    const [first] = newest;
    if (!first) throw new UserError(NO_RUNS);
    if (newest.length > 1) this.showSweep(first, undefined);
    else this.showRun(first, undefined);
  }

  /** What was just started, beside its config. */
  showStarted(folders: readonly string[]): void {
    const [first] = folders.flatMap((folder) => this.runs.find(folder) ?? []);
    if (!first) return;
    if (folders.length > 1) this.showSweep(first, columnBesideText());
    else this.showRun(first, columnBesideText());
  }

  /** The sweep that a run is an arm of. */
  async openSweep(...args: readonly unknown[]): Promise<void> {
    const none = 'There is no sweep here yet. Open a config and press Sweep Beta.';
    const run = await this.choice.sweep(args, { title: 'Open Sweep', none });
    if (run) this.showSweep(run, undefined);
  }

  async compare(...args: readonly unknown[]): Promise<void> {
    const none = 'There are no two runs here to compare. Open a config and train it.';
    const runs = await this.choice.atLeastTwo(args, { title: 'Compare Runs', none });
    if (runs.length === 0) return;
    const folders = runs.map(({ folder }) => folder).sort();
    this.panels.show({ kind: 'compare', folders }, `Compare ${folders.length} runs`);
  }

  async inspect(...args: readonly unknown[]): Promise<void> {
    requireTrust();
    const run = await this.choice.one(args, { title: 'Inspect Pairs', none: NO_RUNS });
    if (run) this.panels.show({ kind: 'pairs', folder: run.folder }, `${runTitle(run)}, pairs`);
  }

  async stop(...args: readonly unknown[]): Promise<void> {
    const live = await this.choice.some(args, {
      title: 'Stop Run',
      fits: ({ state }) => isLive(state),
      none: 'No run is in progress, so there is none to stop.',
      refusal: 'there is nothing to stop',
    });
    for (const { folder, id } of live) await askRun(folder, id, 'stop');
  }

  async resume(...args: readonly unknown[]): Promise<void> {
    requireTrust();
    const runs = await this.choice.some(args, {
      title: 'Resume Run',
      fits: isResumable,
      none: 'No run has stopped, failed or been interrupted, so there is none to resume.',
      refusal: 'there is nothing to resume',
    });
    // One job cares for the arms of one sweep.
    const sweeps = [...new Set(runs.map(sweepOf))].map((sweep) =>
      runs.filter((run) => sweepOf(run) === sweep),
    );
    const title = runs.length === 1 && runs[0] ? runTitle(runs[0]) : `${runs.length} runs`;
    const problems: FileError[] = [];
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: `Resuming ${title}` },
      async () => {
        for (const arms of sweeps) {
          const [first] = arms;
          if (!first) continue;
          const ids = arms.map(({ id }) => id);
          const { problem } = await resume(dataFolderOf(first), ids, this.programs());
          if (problem) problems.push(problem);
        }
      },
    );
    await this.refresh(runs);
    const [problem] = problems;
    const folders = runs.map(({ folder }) => folder);
    if (problem) void reportProblem(problem, folders);
  }

  async delete(...args: readonly unknown[]): Promise<void> {
    const runs = await this.choice.some(args, {
      title: 'Delete Run',
      fits: ({ state }) => !isLive(state),
      none: 'There is no run here that has ended, so there is none to delete.',
      refusal: 'stop it before you delete it',
    });
    const [first] = runs;
    if (!first) return;
    const what = runs.length === 1 ? runTitle(first) : `these ${runs.length} runs`;
    const detail = `${runs.map(({ id }) => id).join('\n')}\n\nMetrics, checkpoints and models are deleted for good.`;
    const yes = 'Delete';
    const answer = await vscode.window.showWarningMessage(`Delete ${what}?`, { modal: true, detail }, yes);
    if (answer !== yes) return;
    for (const { folder, id } of runs) await deleteRun(folder, id);
    await this.refresh(runs);
  }

  async reveal(...args: readonly unknown[]): Promise<void> {
    const run = await this.choice.one(args, { title: 'Reveal Folder of Run', none: NO_RUNS });
    if (!run) return;
    const folder = vscode.Uri.file(run.folder);
    // On another machine there is no file manager to show it in.
    const isRemote = vscode.env.remoteName !== undefined;
    await vscode.commands.executeCommand(isRemote ? 'revealInExplorer' : 'revealFileInOS', folder);
  }

  async copyId(...args: readonly unknown[]): Promise<void> {
    const runs = await this.choice.some(args, { title: 'Copy Id of Run', none: NO_RUNS });
    if (runs.length === 0) return;
    const ids = runs.map(({ id }) => id);
    await vscode.env.clipboard.writeText(ids.join('\n'));
    vscode.window.setStatusBarMessage(`Copied ${ids.length === 1 ? ids[0] : `${ids.length} ids`}`, 4000);
  }

  async showLog(...args: readonly unknown[]): Promise<void> {
    const run = await this.choice.one(args, { title: 'Show Log of Run', none: NO_RUNS });
    if (!run) return;
    const log = vscode.Uri.joinPath(vscode.Uri.file(run.folder), RUN_FILES.log);
    if (!(await exists(log))) throw new UserError(`${run.id} has printed nothing yet.`);
    await vscode.window.showTextDocument(log, { preview: true });
  }

  private showRun(run: RunOverview, column: vscode.ViewColumn | undefined): void {
    this.panels.show({ kind: 'run', folder: run.folder }, runTitle(run), column);
  }

  private showSweep(arm: RunOverview, column: vscode.ViewColumn | undefined): void {
    if (arm.run?.sweep === undefined) return;
    const title = `${runName(arm.run)}, beta sweep`;
    this.panels.show({ kind: 'sweep', dataFolder: dataFolderOf(arm), sweep: arm.run.sweep }, title, column);
  }

  private refresh(runs: readonly RunOverview[]): Promise<void> {
    return this.runs.refresh(runs.map(({ folder }) => folder));
  }
}

function sweepOf({ run, id, folder }: RunOverview): string {
  return `${dirname(folder)} ${run?.sweep ?? id}`;
}

/** The runs may have been moved since their launch. */
function dataFolderOf({ folder }: RunOverview): string {
  const runsFolder = dirname(folder);
  if (basename(runsFolder) !== 'runs') throw new UserError(`${folder} lies in no data folder.`);
  return dirname(runsFolder);
}
