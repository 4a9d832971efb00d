import * as vscode from 'vscode';
import { type RunOverview, runName } from '../../core/runs/run-snapshot';
import { groupedBySweep } from '../../core/runs/run-tree';
import { runTitle, stateSentence } from '../../core/runs/run-words';
import { UserError } from '../commands';
import { timeInWords } from '../vscode/time-text';
import type { RunsView } from './runs-view';
import type { WorkspaceRuns } from './workspace-runs';

/** What a command does to runs, in words for those who ask too much of it. */
export interface RunTask {
  readonly title: string;
  /** Runs that it can do something with; absent: all. */
  readonly fits?: (run: RunOverview) => boolean;
  /** Why nothing can be chosen. */
  readonly none: string;
  /** After a run and its state: why not this one. */
  readonly refusal?: string;
}

export const NO_RUNS = 'There are no runs here yet. Open a config and train it.';

interface Choice extends vscode.QuickPickItem {
  readonly runs: readonly RunOverview[];
}

/** Which runs a command is about: items of the view, ids, folders, or what the user chooses from a list. */
export class RunChoice {
  constructor(
    private readonly runs: WorkspaceRuns,
    private readonly view: RunsView,
  ) {}

  async one(args: readonly unknown[], task: RunTask): Promise<RunOverview | undefined> {
    const [run] = (await this.given(args, task)) ?? (await this.ask(task, (runs) => runs.map(single)));
    return run;
  }

  /** Of a list, the arms of one sweep can be chosen together. */
  async some(args: readonly unknown[], task: RunTask): Promise<readonly RunOverview[]> {
    return (
      (await this.given(args, task)) ??
      (await this.ask(task, (runs) => [...sweepsOf(runs), ...runs.map(single)]))
    );
  }

  /** Any arm of the sweep. The only one needs no choice. */
  async sweep(args: readonly unknown[], task: RunTask): Promise<RunOverview | undefined> {
    const [arm] = (await this.given(args, task)) ?? (await this.ask(task, sweepsOf));
    return arm;
  }

  /** At least two: what a command was given, or what is chosen from a list. */
  async atLeastTwo(args: readonly unknown[], task: RunTask): Promise<readonly RunOverview[]> {
    const names = args.every((name) => typeof name === 'string');
    const given = names
      ? [...new Set(args.flatMap((name) => this.named(name)))]
      : ((await this.given(args, task)) ?? []);
    if (given.length > 1) return given;
    if (this.runs.all.length < 2) throw new UserError(task.none);
    const picked = await vscode.window.showQuickPick(
      this.runs.all.toReversed().map((run) => ({ ...single(run), picked: given.includes(run) })),
      { ...LIST, title: task.title, placeHolder: 'Runs to lay over one another', canPickMany: true },
    );
    if (!picked) return [];
    if (picked.length < 2) throw new UserError('To compare, choose at least two runs.');
    return picked.flatMap(({ runs }) => runs);
  }

  /** Undefined where the command was given nothing. */
  private async given(
    args: readonly unknown[],
    { fits = () => true, refusal }: RunTask,
  ): Promise<readonly RunOverview[] | undefined> {
    const [item, items] = args;
    // A row gives itself and what is selected. While its sweep is drawn anew, the editor does not find it for a moment.
    if (item === undefined && args.length > 1)
      throw new UserError('The list of runs changed just then. Press once more.');
    if (item === undefined) return undefined;
    const names = Array.isArray(items) && items.includes(item) ? items : [item];
    const meant = () => [...new Set(names.flatMap((name) => this.named(name)))];
    await this.runs.refresh(meant().map(({ folder }) => folder));
    const runs = meant();
    const [first] = runs;
    if (!first) throw new UserError('This run is not there any more.');
    const fitting = runs.filter(fits);
    if (fitting.length > 0) return fitting;
    throw new UserError(
      `${runTitle(first)} is ${first.state}${refusal === undefined ? '' : `: ${refusal}`}.`,
    );
  }

  private named(name: unknown): readonly RunOverview[] {
    if (typeof name !== 'string') return [];
    const found = this.view.item(name)?.runs;
    if (found) return found;
    const run = this.runs.find(name);
    if (run) return [run];
    // The arms of a sweep, by its id.
    return this.runs.all.filter((arm) => arm.run?.sweep === name);
  }

  private async ask(
    { title, fits = () => true, none }: RunTask,
    choices: (fitting: readonly RunOverview[]) => readonly Choice[],
  ): Promise<readonly RunOverview[]> {
    const fitting = this.runs.all.filter(fits).toReversed();
    const [first, ...more] = choices(fitting);
    if (!first) throw new UserError(none);
    if (choices === sweepsOf && more.length === 0) return first.runs;
    const placeHolder = 'Name of an experiment, a beta, a state or an id';
    const chosen = await vscode.window.showQuickPick([first, ...more], { ...LIST, title, placeHolder });
    return chosen?.runs ?? [];
  }
}

const LIST = { matchOnDescription: true, matchOnDetail: true };

function single(run: RunOverview): Choice {
  return { label: runTitle(run), description: stateSentence(run), detail: run.id, runs: [run] };
}

/** Sweeps with several of these runs, each as one choice; the newest first, as the runs are. */
function sweepsOf(runs: readonly RunOverview[]): Choice[] {
  return [...groupedBySweep(runs).values()].flatMap((arms): Choice[] => {
    const [first] = arms;
    if (first?.run?.sweep === undefined || arms.length < 2) return [];
    const label = `${runName(first.run)}, ${arms.length} arms`;
    return [{ label, description: timeInWords(first.run.created), detail: first.run.sweep, runs: arms }];
  });
}
