import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { isConfigFile } from '../core/check/check';
import { factQuery } from '../core/check/fact-query';
import type { Experiment } from '../core/config/experiment';
import type { FactQuery, ReadingFacts } from '../core/facts';
import { readingFacts } from '../node/configs/reading-facts';
import { FactsClient } from '../node/facts/facts-client';
import { registerMcpProvider } from './assistants/mcp-provider';
import { registerTools } from './assistants/tools';
import { registerCommands } from './commands';
import { followActiveConfig, requestedConfig } from './config/active-config';
import { addSweep, applyLensEdit, changeConfig, switchReference, useBeta } from './config/change-config';
import { chooseVersion } from './config/choose-version';
import { CodeActions } from './config/code-actions';
import { COMPLETION_TRIGGERS, Completions } from './config/completion';
import { ConfigDocuments } from './config/config-documents';
import { convertConfig } from './config/convert-config';
import { Diagnostics } from './config/diagnostics';
import { explainRule } from './config/explain-rule';
import { FactGathering } from './config/fact-gathering';
import { Hovers } from './config/hover';
import { lensStateOf } from './config/lens-states';
import { Lenses } from './config/lenses';
import { Outline } from './config/outline';
import { NearbyNames } from './config/resources';
import { EXPERIMENTS_VIEW, PAGE_SCHEME } from './contributions';
import { EnvironmentView } from './environment/environment-view';
import { EnvironmentSetup } from './environment/setup-environment';
import { ExperimentFiles } from './experiments/experiment-files';
import { ExperimentsView } from './experiments/experiments-view';
import { createExperiment } from './experiments/new-experiment';
import { openConfig } from './experiments/open-config';
import { Examples } from './experiments/open-example';
import { configPageUri } from './pages/page-uris';
import { openPage, Pages } from './pages/pages';
import { ReferenceCommands } from './pages/reference-commands';
import { ReferenceReports } from './pages/reference-reports';
import { PairInspection } from './panels/pair-inspection';
import { CommandActions } from './panels/panel-actions';
import { Panels } from './panels/panels';
import { AdoptRuns, followAdopted } from './runs/adopt-runs';
import { bundledPrograms } from './runs/bundled-programs';
import { reportEnds } from './runs/launch-news';
import { markRuns } from './runs/mark-runs';
import { RunChoice } from './runs/run-choice';
import { RunCommands } from './runs/run-commands';
import { followRunKinds } from './runs/run-context';
import { RunDocuments } from './runs/run-documents';
import { RunStatusItem } from './runs/run-status';
import { RunsView } from './runs/runs-view';
import { StartRuns } from './runs/start-runs';
import { WatchScript } from './runs/watch-script';
import { WorkspaceRuns } from './runs/workspace-runs';
import { readSetting } from './settings';
import { CONFIG_SELECTOR } from './vscode/selector';

/** Registers everything. Nothing but the list of runs is read before a config is open or a view is shown. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('DPO Lab', { log: true });
  const client = new FactsClient(context.asAbsolutePath('dist/facts-worker.js'));
  const gather = client.gather.bind(client);
  const documents = new ConfigDocuments(permittedQuery, permittedReading);
  const files = new ExperimentFiles(documents, permittedQuery, gather);
  const programs = bundledPrograms(context);
  const runs = new WorkspaceRuns(documents);
  const reports = new ReferenceReports();
  const lenses = new Lenses(documents, (document) => lensStateOf(document, documents, runs), [
    runs.onDidChangeStates,
    reports.onDidChange,
  ]);
  const runsView = new RunsView(runs);
  const choice = new RunChoice(runs, runsView);
  const { version } = context.extension.packageJSON as { readonly version: string };
  const runDocuments = new RunDocuments(runs, choice, version);
  const pages = new Pages(documents, reports, runDocuments);
  const view = new ExperimentsView(files, runs);
  const environment = new EnvironmentView(programs);
  const setup = new EnvironmentSetup(() => environment.refresh());
  const inspection = new PairInspection(programs);
  const panels = new Panels(context.extensionUri, runs, new CommandActions(inspection));
  const runCommands = new RunCommands(runs, choice, programs, panels);
  const examples = new Examples(context.extensionUri);
  const start = new StartRuns(documents, runs, runsView, programs, gather, runCommands);
  const versions = programs().versions;
  const scripts = new WatchScript(start, context.workspaceState);
  const adoption = new AdoptRuns(runs, runsView, versions);
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
    registerTools(context, programs),
    registerMcpProvider(context),
    new RunStatusItem(runs),
    followRunKinds(runs),
    reportEnds(runs),
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
        'dpoLab.switchReference': (config, experiment) => switchReference(documents, config, experiment),
        'dpoLab.convert': (config, request) => convertConfig(documents, config, request),
        'dpoLab.addSweep': (config) => addSweep(documents, config),
        'dpoLab.train': (config) => start.train(config),
        'dpoLab.sweepBeta': (config, betas, seeds) => start.sweep(config, betas, seeds),
        'dpoLab.computeReference': (config) => reference.compute(config),
        'dpoLab.compareReference': (config) => reference.compare(config),
        'dpoLab.checkEnvironment': () => environment.check(),
        'dpoLab.setUpEnvironment': () => setup.run(),
        'dpoLab.openRun': (...items) => runCommands.open(...items),
        'dpoLab.watchScript': (file, once) => scripts.run(file, once),
        'dpoLab.adoptRun': (folder) => adoption.adopt(folder),
        'dpoLab.openConfig': () => openConfig(),
        'dpoLab.openLatest': () => runCommands.openLatest(),
        'dpoLab.openSelected': () => runCommands.openItem(runsView.selected),
        'dpoLab.openSweep': (...items) => runCommands.openSweep(...items),
        'dpoLab.compareRuns': (...items) => runCommands.compare(...items),
        'dpoLab.showDifference': (...items) => runDocuments.showDifference(...items),
        'dpoLab.writeReport': (...items) => runDocuments.report(...items),
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
        'dpoLab.showRuns': () => panels.show({ kind: 'runs' }, 'Runs'),
        'dpoLab.markRuns': (mark, folders) => markRuns(runs, mark, folders),
        'dpoLab.useBeta': (config, beta) => useBeta(documents, config, beta),
        'dpoLab.changeConfig': (config, changes) => changeConfig(documents, config, changes),
        'dpoLab.applyEdit': applyLensEdit,
        'dpoLab.chooseVersion': (config) => chooseVersion(documents, config),
      },
      log,
    ),
  );
  // After activation, so that opening a window does not wait for the first check.
  setImmediate(() => {
    documents.refresh();
    runs.start();
    context.subscriptions.push(followAdopted(runs, versions, log));
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
    languages.registerDocumentSymbolProvider(CONFIG_SELECTOR, new Outline(documents), { label: 'DPO Lab' }),
    languages.registerCodeLensProvider(CONFIG_SELECTOR, lenses),
  ];
}

/** Installed versions, and files that a config builds upon: beyond its text, so in a trusted workspace only. */
function permittedReading(config: vscode.Uri, text: string): ReadingFacts | undefined {
  if (!vscode.workspace.isTrusted || config.scheme !== 'file' || isConfigFile(config.path)) return undefined;
  return readingFacts(config.fsPath, text);
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
