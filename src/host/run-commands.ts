import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { RUN_FILES } from '../core/runs/format';
import { isLive } from '../core/runs/liveness';
import { isResumable } from '../core/runs/run-tree';
import { runTitle, stateSentence } from '../core/runs/run-words';
import { experimentName, type SeenRun } from '../core/runs/seen-run';
import { deleteRun } from '../node/delete-run';
import { resume } from '../node/resume';
import { askRun } from '../node/run-store';
import type { FileError } from '../node/text-files';
import { UserError } from './commands';
import { exists } from './file-system';
import type { Panels } from './panels';
import type { ProgramsOf } from './programs';
import type { RunsView } from './runs-view';
import { tellProblem } from './start-problem';
import { requireTrust } from './trust';
import type { WorkspaceRuns } from './workspace-runs';

/** Commands about runs that are there. Each is given items of the view, ids of runs, or nothing: then it asks. */
export class RunCommands {
  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly view: RunsView,
    private readonly programs: ProgramsOf,
    private readonly panels: Pick<Panels, 'show'>,
  ) {}

  async open(...args: readonly unknown[]): Promise<void> {
    const [run] = await this.chosen(args, 'Open a Run', () => true);
    if (run) this.panels.show({ kind: 'run', folder: run.folder }, runTitle(run));
  }

  /** The sweep that a run is an arm of. */
  async openSweep(...args: readonly unknown[]): Promise<void> {
    const [run] = await this.chosen(args, 'Open a Sweep', ({ run }) => run?.sweep !== undefined);
    if (run?.run?.sweep === undefined) return;
    const { configFile, sweep } = run.run;
    const title = `${experimentName(configFile)}, beta sweep`;
    this.panels.show({ kind: 'sweep', dataFolder: dataFolderOf(run), sweep }, title);
  }

  async compare(...args: readonly unknown[]): Promise<void> {
    const runs = await this.chosenSeveral(args, 'Compare Runs');
    if (runs.length === 0) return;
    const folders = runs.map(({ folder }) => folder).sort();
    this.panels.show({ kind: 'compare', folders }, `Compare ${folders.length} runs`);
  }

  async inspect(...args: readonly unknown[]): Promise<void> {
    requireTrust();
    const [run] = await this.chosen(args, 'Inspect the Pairs of a Run', () => true);
    if (run) this.panels.show({ kind: 'pairs', folder: run.folder }, `${runTitle(run)}, pairs`);
  }

  async stop(...args: readonly unknown[]): Promise<void> {
    const live = await this.chosen(args, 'Stop a Run', ({ state }) => isLive(state));
    for (const { folder, id } of live) await askRun(folder, id, 'stop');
  }

  async resume(...args: readonly unknown[]): Promise<void> {
    requireTrust();
    const runs = await this.chosen(args, 'Resume a Run', isResumable);
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
    if (problem) void tellProblem(problem, folders);
  }

  async delete(...args: readonly unknown[]): Promise<void> {
    const runs = await this.chosen(args, 'Delete a Run', ({ state }) => !isLive(state));
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
    const [run] = await this.chosen(args, 'Reveal the Folder of a Run', () => true);
    if (!run) return;
    const folder = vscode.Uri.file(run.folder);
    // On another machine there is no file manager to show it in.
    const isRemote = vscode.env.remoteName !== undefined;
    await vscode.commands.executeCommand(isRemote ? 'revealInExplorer' : 'revealFileInOS', folder);
  }

  async copyId(...args: readonly unknown[]): Promise<void> {
    const runs = await this.chosen(args, 'Copy the Id of a Run', () => true);
    if (runs.length > 0) await vscode.env.clipboard.writeText(runs.map(({ id }) => id).join('\n'));
  }

  async showLog(...args: readonly unknown[]): Promise<void> {
    const [run] = await this.chosen(args, 'Show the Log of a Run', () => true);
    if (!run) return;
    const log = vscode.Uri.joinPath(vscode.Uri.file(run.folder), RUN_FILES.log);
    if (!(await exists(log))) throw new UserError(`${run.id} has printed nothing yet.`);
    await vscode.window.showTextDocument(log, { preview: true });
  }

  /** @param fits runs that the command can do something with */
  private async chosen(
    [item, items]: readonly unknown[],
    title: string,
    fits: (run: SeenRun) => boolean,
  ): Promise<readonly SeenRun[]> {
    if (item === undefined) return this.ask(title, fits);
    const names = Array.isArray(items) && items.includes(item) ? items : [item];
    const meant = () => [...new Set(names.flatMap((name) => this.named(name)))];
    await this.refresh(meant());
    const runs = meant();
    if (runs.length === 0) throw new UserError('This run is not there any more.');
    const fitting = runs.filter(fits);
    const [first] = runs;
    if (fitting.length === 0 && first) {
      throw new UserError(`${title} is not possible here: ${runTitle(first)} is ${first.state}.`);
    }
    return fitting;
  }

  /** At least two: what a command was given, or what is chosen from a list. */
  private async chosenSeveral(args: readonly unknown[], title: string): Promise<readonly SeenRun[]> {
    const given = args.every((name) => typeof name === 'string')
      ? [...new Set(args.flatMap((name) => this.named(name)))]
      : await this.chosen(args, title, () => true);
    if (given.length > 1) return given;
    const picked = await vscode.window.showQuickPick(
      this.runs.all.toReversed().map((run) => ({ ...choiceOf(run), picked: given.includes(run) })),
      { title, placeHolder: 'Runs to lay over one another', canPickMany: true, matchOnDetail: true },
    );
    if (!picked) return [];
    if (picked.length < 2) throw new UserError('To compare, choose at least two runs.');
    return picked.map(({ run }) => run);
  }

  private refresh(runs: readonly SeenRun[]): Promise<void> {
    return this.runs.refresh(runs.map(({ folder }) => folder));
  }

  private named(name: unknown): readonly SeenRun[] {
    if (typeof name !== 'string') return [];
    const found = this.view.item(name)?.runs;
    if (found) return found;
    const run = this.runs.find(name);
    if (run) return [run];
    // The arms of a sweep, by its id.
    return this.runs.all.filter((arm) => arm.run?.sweep === name);
  }

  private async ask(title: string, fits: (run: SeenRun) => boolean): Promise<readonly SeenRun[]> {
    const fitting = this.runs.all.filter(fits).toReversed();
    if (fitting.length === 0) throw new UserError(`${title}: there is none here that this is possible with.`);
    const chosen = await vscode.window.showQuickPick(fitting.map(choiceOf), {
      title,
      placeHolder: 'Run',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return chosen ? [chosen.run] : [];
  }
}

function choiceOf(run: SeenRun) {
  return { label: runTitle(run), description: stateSentence(run), detail: run.id, run };
}

function sweepOf({ run, id, folder }: SeenRun): string {
  return `${dirname(folder)} ${run?.sweep ?? id}`;
}

/** The runs may have been moved since their launch. */
function dataFolderOf({ folder }: SeenRun): string {
  const runsFolder = dirname(folder);
  if (basename(runsFolder) !== 'runs') throw new UserError(`${folder} lies in no data folder.`);
  return dirname(runsFolder);
}
