import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../core/config/experiment';
import { factQuery } from '../core/fact-query';
import type { FactQuery } from '../core/facts';
import { FactsClient } from '../node/facts-client';
import { followActiveConfig, requestedConfig } from './active-config';
import { addSweep, applyLensEdit, switchReference } from './change-config';
import { CodeActions } from './code-actions';
import { registerCommands } from './commands';
import { COMPLETION_TRIGGERS, Completions } from './completion';
import { ConfigDocuments } from './config-documents';
import { EXPERIMENTS_VIEW, PAGE_SCHEME } from './contributions';
import { Diagnostics } from './diagnostics';
import { EnvironmentView } from './environment-view';
import { ExperimentFiles } from './experiment-files';
import { ExperimentsView } from './experiments-view';
import { explainRule } from './explain-rule';
import { FactGathering } from './fact-gathering';
import { Hovers } from './hover';
import { tellEnds } from './launch-news';
import { lensStateOf } from './lens-states';
import { Lenses } from './lenses';
import { createExperiment } from './new-experiment';
import { Examples } from './open-example';
import { Outline } from './outline';
import { configPageUri } from './page-uris';
import { openPage, Pages } from './pages';
import { PairInspection } from './pair-inspection';
import { CommandActions } from './panel-actions';
import { Panels } from './panels';
import { programsOf } from './programs';
import { ReferenceCommands } from './reference-commands';
import { ReferenceReports } from './reference-reports';
import { NearbyNames } from './resources';
import { RunChoice } from './run-choice';
import { RunCommands } from './run-commands';
import { followRunKinds } from './run-context';
import { RunStatusItem } from './run-status';
import { RunsView } from './runs-view';
import { CONFIG_SELECTOR } from './selector';
import { readSetting } from './settings';
import { EnvironmentSetup } from './setup-environment';
import { StartRuns } from './start-runs';
import { WorkspaceRuns } from './workspace-runs';

/** Registers everything. Nothing but the list of runs is read before a config is open or a view is shown. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('DPO Lab', { log: true });
  const client = new FactsClient(context.asAbsolutePath('dist/facts-worker.js'));
  const gather = client.gather.bind(client);
  const documents = new ConfigDocuments(permittedQuery);
  const files = new ExperimentFiles(documents, permittedQuery, gather);
  const programs = programsOf(context);
  const runs = new WorkspaceRuns(documents);
  const reports = new ReferenceReports();
  const lenses = new Lenses(documents, (document) => lensStateOf(document, documents, runs), [
    runs.onDidChangeStates,
    reports.onDidChange,
  ]);
  const pages = new Pages(documents, reports);
  const view = new ExperimentsView(files, runs);
  const runsView = new RunsView(runs);
  const environment = new EnvironmentView(programs);
  const setup = new EnvironmentSetup(() => environment.refresh());
  const inspection = new PairInspection(programs);
  const panels = new Panels(context.extensionUri, runs, new CommandActions(inspection));
  const runCommands = new RunCommands(runs, new RunChoice(runs, runsView), programs, panels);
  const examples = new Examples(context.extensionUri);
  const start = new StartRuns(documents, runs, runsView, programs, gather);
  const reference = new ReferenceCommands(documents, start, programs, reports);

  context.subscriptions.push(
    ...[
      log,
      client,
      documents,
      files,
      runs,
      reports,
      lenses,
      pages,
      view,
      runsView,
      environment,
      panels,
      inspection,
    ],
    new RunStatusItem(runs),
    followRunKinds(runs),
    tellEnds(runs),
    new Diagnostics(documents),
    new FactGathering(documents, gather),
    followActiveConfig(documents),
    vscode.workspace.onDidGrantWorkspaceTrust(() => documents.refresh()),
    vscode.extensions.onDidChange(() => documents.refresh()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (['dpoLab', 'json', 'yaml'].some((section) => change.affectsConfiguration(section)))
        documents.refresh();
    }),
    ...registerLanguageFeatures(documents, lenses),
    vscode.workspace.registerTextDocumentContentProvider(PAGE_SCHEME, pages),
    vscode.window.registerTreeDataProvider(EXPERIMENTS_VIEW, view),
    registerCommands(
      {
        'dpoLab.newExperiment': createExperiment,
        'dpoLab.openExample': (what) => examples.open(what),
        'dpoLab.explainRule': (code) => explainRule(documents, code),
        'dpoLab.showReference': async (config) =>
          openPage(configPageUri('reference', (await requestedConfig(documents, config)).uri)),
        'dpoLab.showMemory': async (config) =>
          openPage(configPageUri('memory', (await requestedConfig(documents, config)).uri)),
        'dpoLab.switchReference': (config) => switchReference(documents, config),
        'dpoLab.addSweep': (config) => addSweep(documents, config),
        'dpoLab.train': (config) => start.train(config),
        'dpoLab.sweepBeta': (config, betas, seeds) => start.sweep(config, betas, seeds),
        'dpoLab.computeReference': (config) => reference.compute(config),
        'dpoLab.compareReference': (config) => reference.compare(config),
        'dpoLab.checkEnvironment': () => environment.check(),
        'dpoLab.setUpEnvironment': () => setup.run(),
        'dpoLab.openRun': (...items) => runCommands.open(...items),
        'dpoLab.openSweep': (...items) => runCommands.openSweep(...items),
        'dpoLab.compareRuns': (...items) => runCommands.compare(...items),
        'dpoLab.inspectPairs': (...items) => runCommands.inspect(...items),
        'dpoLab.stopRun': (...items) => runCommands.stop(...items),
        'dpoLab.stopSweep': (...items) => runCommands.stop(...items),
        'dpoLab.resumeRun': (...items) => runCommands.resume(...items),
        'dpoLab.resumeSweep': (...items) => runCommands.resume(...items),
        'dpoLab.showRunLog': (...items) => runCommands.showLog(...items),
        'dpoLab.revealRun': (...items) => runCommands.reveal(...items),
        'dpoLab.copyRunId': (...items) => runCommands.copyId(...items),
        'dpoLab.deleteRun': (...items) => runCommands.delete(...items),
        'dpoLab.deleteSweep': (...items) => runCommands.delete(...items),
        'dpoLab.applyEdit': applyLensEdit,
      },
      log,
    ),
  );
  // After activation, so that opening a window does not wait for the first check, which compiles the schema.
  setImmediate(() => {
    documents.refresh();
    runs.start();
  });
}

function registerLanguageFeatures(documents: ConfigDocuments, lenses: Lenses): vscode.Disposable[] {
  const { languages } = vscode;
  const completions = new Completions(documents, new NearbyNames());
  return [
    languages.registerCompletionItemProvider(CONFIG_SELECTOR, completions, ...COMPLETION_TRIGGERS),
    languages.registerHoverProvider(CONFIG_SELECTOR, new Hovers(documents)),
    languages.registerCodeActionsProvider(CONFIG_SELECTOR, new CodeActions(documents), {
      providedCodeActionKinds: CodeActions.kinds,
    }),
    languages.registerDocumentSymbolProvider(CONFIG_SELECTOR, new Outline(), { label: 'DPO Lab' }),
    languages.registerCodeLensProvider(CONFIG_SELECTOR, lenses),
  ];
}

/** Files beyond the config are looked at only in a trusted workspace on this machine's file system. */
function permittedQuery(config: vscode.Uri, experiment: Experiment): FactQuery | undefined {
  if (!vscode.workspace.isTrusted || config.scheme !== 'file') return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(config)?.uri.fsPath;
  return factQuery(experiment, {
    configFile: config.fsPath,
    workspaceFolder: folder ?? dirname(config.fsPath),
    dataFolder: readSetting['dpoLab.dataFolder'](config),
  });
}
