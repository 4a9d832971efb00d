import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { type Checked, isConfigFile } from '../../core/check/check';
import { nestConfig, resolveConfig } from '../../core/config/resolved';
import type { FactQuery, Facts } from '../../core/facts';
import type { Producer, RunFile } from '../../core/runs/format';
import { isLive } from '../../core/runs/liveness';
import { armOf } from '../../core/runs/read-files';
import { experimentName } from '../../core/runs/run-snapshot';
import { type Arm, sweepArms } from '../../core/sweeps/arms';
import { missingArms } from '../../core/sweeps/missing-arms';
import type { NextRuns } from '../../core/sweeps/next-runs';
import { settingsKey } from '../../core/sweeps/same-settings';
import { ConfigErrors, launch } from '../../node/launch/launch';
import type { LaunchRequest } from '../../node/launch/launch-plan';
import { knownConfig } from '../../node/launch/trainers/known-config';
import { programFor } from '../../node/launch/trainers/trainer-commands';
import { runFolderOf } from '../../node/runs/run-store';
import { UserError } from '../commands';
import { requestedTrainable } from '../config/active-config';
import { showConfig } from '../config/change-config';
import type { ConfigDocuments } from '../config/config-documents';
import { askSweepBetas } from '../questions/sweep-pick';
import { readSetting } from '../settings';
import { requireTrust } from '../trust';
import { editorRange } from '../vscode/editor-text';
import type { ProgramsOf } from './bundled-programs';
import type { RunCommands } from './run-commands';
import type { RunsView } from './runs-view';
import { mayStartAgain } from './start-again';
import { reportProblem } from './start-problem';
import { dataFolderOf, type WorkspaceRuns } from './workspace-runs';

/** Starts what a config describes. */
export class StartRuns {
  private readonly starting = new Set<vscode.TextDocument>();

  constructor(
    private readonly documents: ConfigDocuments,
    private readonly runs: WorkspaceRuns,
    private readonly view: RunsView,
    private readonly programs: ProgramsOf,
    private readonly gather: (query: FactQuery) => Promise<Facts>,
    private readonly started: Pick<RunCommands, 'showStarted'>,
  ) {}

  /** One run, of the config's own beta. Gives the ids of the runs, for other extensions and for tests. */
  async train(config: unknown): Promise<readonly string[] | undefined> {
    requireTrust();
    const document = await this.readyConfig(config);
    if (!document) return undefined;
    return this.once(document, async () =>
      (await this.isWanted(document)) ? this.launch(document, undefined) : undefined,
    );
  }

  /**
   * What the config's sweep says; where it has none, the betas that the user chooses, or that were given.
   *
   * @param seeds that each of the given betas should have in all; arms that are there already are not trained again
   */
  async sweep(config: unknown, given: unknown, seeds?: unknown): Promise<readonly string[] | undefined> {
    requireTrust();
    const document = await this.readyConfig(config);
    if (!document) return undefined;
    return this.once(document, async () => {
      const { experiment } = this.documents.checked(document);
      if (isBetas(given) && isCount(seeds)) {
        const arms = this.missing(document, { betas: given, seeds });
        if (arms.length > 0) return this.launch(document, { arms });
        throw new UserError(
          `All of these arms are there already: beta ${given.join(', ')} with ${seeds} seeds each. The list of runs shows them.`,
        );
      }
      if (!(await this.isWanted(document))) return undefined;
      if (isBetas(given)) return this.launch(document, { beta: given });
      if (sweepArms(resolveConfig(experiment)).length > 0) return this.launch(document, {});
      const beta = await askSweepBetas(experiment);
      return beta && this.launch(document, { beta });
    });
  }

  /** A Python script, as it is. */
  async runScript(
    uri: vscode.Uri,
    sweep: LaunchRequest['sweep'],
    script: LaunchRequest['script'],
  ): Promise<readonly string[] | undefined> {
    const saved = await savedConfig(await vscode.workspace.openTextDocument(uri));
    return saved && this.once(saved, () => this.launch(saved, sweep, script));
  }

  /** Saved, and without errors as far as the text tells; undefined where the user does not want to save. */
  async readyConfig(
    config: unknown,
    requested = requestedTrainable,
  ): Promise<vscode.TextDocument | undefined> {
    const document = await requested(this.documents, config);
    const saved = await savedConfig(document);
    if (!saved) return undefined;
    if (saved.uri.scheme !== 'file') {
      throw new UserError(
        `${saved.uri.path} lies on a virtual file system, where nothing can be trained. Copy it to a disk of this machine.`,
      );
    }
    const checked = this.documents.checked(saved);
    // What another trainer's file says wrong is found at the launch, with the versions of its own environment.
    if (isConfigFile(saved.uri.path) && hasErrors(checked)) throw await this.problemsOf(saved, checked);
    return saved;
  }

  /** A button that is pressed twice starts once. The status bar tells that it is being started. */
  private async once<T>(document: vscode.TextDocument, start: () => Promise<T>): Promise<T | undefined> {
    if (this.starting.has(document)) return undefined;
    this.starting.add(document);
    try {
      return await start();
    } finally {
      this.starting.delete(document);
    }
  }

  private async isWanted(document: vscode.TextDocument): Promise<boolean> {
    const text = document.getText();
    const same = () =>
      this.runs.of(document.uri).filter(({ run, state }) => run?.configText === text && isLive(state));
    // One that has just ended is not asked about.
    await this.runs.refresh(same().map(({ folder }) => folder));
    return mayStartAgain(experimentName(document.uri.path), same());
  }

  /** Arms that the runs of a config lack, as long as the config is what it was when they were launched. */
  private missing(document: vscode.TextDocument, wanted: NextRuns): readonly Arm[] {
    const checked = this.documents.checked(document);
    const config = resolveConfig(checked.experiment);
    const key = settingsKey({ ...trainingOf(checked), baseFolder: dirname(document.uri.fsPath) });
    const there = this.runs
      .of(document.uri)
      .flatMap(({ run, state }) => (run && settingsKey(run) === key ? [{ ...armOf(run), state }] : []));
    return missingArms(wanted, there, config['training.seed']);
  }

  private async launch(
    document: vscode.TextDocument,
    sweep: LaunchRequest['sweep'],
    script?: LaunchRequest['script'],
  ): Promise<readonly string[]> {
    const configFile = document.uri.fsPath;
    const dataFolder = dataFolderOf(document.uri);
    const title = `Starting ${experimentName(configFile)}`;
    const progress = { location: vscode.ProgressLocation.Window, title };
    const { runs, problem } = await vscode.window.withProgress(progress, async () => {
      try {
        const request = { configFile, dataFolder, ...(sweep && { sweep }), ...(script && { script }) };
        return await launch(request, this.programs(), this.gather);
      } catch (error) {
        throw error instanceof ConfigErrors ? await this.problemsOf(document, error.checked) : error;
      }
    });
    const folders = runs.map((id) => runFolderOf(dataFolder, id));
    await this.runs.refresh(folders);
    // Single arms are asked for by a panel, which counts them in.
    const isShown = sweep?.arms !== undefined;
    if (!isShown && readSetting['dpoLab.openPanelOnStart'](document.uri)) this.started.showStarted(folders);
    await this.view.reveal(folders[0] ?? '');
    if (problem) void reportProblem(problem, folders);
    return runs;
  }

  /** Shows what is wrong with a config, and gives the message to say so. */
  private async problemsOf({ uri }: vscode.TextDocument, { problems }: Checked): Promise<UserError> {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const document = await vscode.workspace.openTextDocument(uri);
    const selection = first && editorRange(document, first.range);
    await showConfig(uri, selection);
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
    const line = selection ? ` Line ${selection.start.line + 1}: ${first.message}` : '';
    return new UserError(`${uri.path.replace(/^.*\//, '')} has ${count}, so nothing was started.${line}`, {
      title: 'Show Problems',
      command: 'workbench.panel.markers.view.focus',
    });
  }
}

/** What a run of a config notes of it. */
function trainingOf({ experiment, experiments, fileName }: Checked): Pick<RunFile, 'config' | 'producer'> {
  const program = programFor(experiment.trainer.dialect, fileName, experiments.length);
  const config = program ? knownConfig(experiment) : resolveConfig(experiment);
  const producer: Producer = program
    ? { kind: 'command', trainer: program.trainer }
    : { kind: config['backend.kind'], trainer: 'dpo-lab' };
  return { config: nestConfig(config), producer };
}

function hasErrors({ problems }: Checked): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** What runs is the file; an editor with a newer text is saved first. A text without a file asks for one. */
async function savedConfig(document: vscode.TextDocument): Promise<vscode.TextDocument | undefined> {
  if (!document.isDirty && !document.isUntitled) return document;
  const uri = await vscode.workspace.save(document.uri);
  if (uri) return vscode.workspace.openTextDocument(uri);
  if (document.isUntitled) return undefined;
  throw new UserError(`${document.uri.path} could not be saved, so nothing was started.`);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isBetas(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((beta) => typeof beta === 'number' && beta > 0 && Number.isFinite(beta))
  );
}
