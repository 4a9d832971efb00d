/**
 * Everything the extension adds to VS Code, in one table. The manifest's `contributes`, `activationEvents` and
 * `capabilities` are generated from it, and its keys are the types that the code registers and reads by: a command
 * without a handler, or a setting that nothing reads, does not compile. Pure data, so that scripts can load it.
 */

/** True while the active editor shows a config file of ours. */
export const ACTIVE_CONFIG_KEY = 'dpoLab.activeConfig';
/** A config of any trainer is in front. */
export const ANY_CONFIG_KEY = 'dpoLab.anyConfig';

/** True while it shows one whose trainer can be started. */
export const ACTIVE_TRAINABLE_KEY = 'dpoLab.activeTrainable';

/** Such a config is in front, and processes may be started. */
export const TRAINABLE = `${ACTIVE_TRAINABLE_KEY} && isWorkspaceTrusted`;

/** A config is in front, and processes may be started. */
export const STARTABLE = `${ACTIVE_CONFIG_KEY} && isWorkspaceTrusted`;

/** The active editor shows a Python file. */
export const PYTHON_FILE = 'editorLangId == python';

/** What commands need runs for: `any`, or one of which `live` goes on, and so forth. */
export const RUN_KINDS = ['any', 'two', 'sweep', 'live', 'resumable', 'ended'] as const;

export type RunKind = (typeof RUN_KINDS)[number];

/** True where there is no such run. Not set before anybody has looked: then the command itself tells what is missing. */
export function lackKey(kind: RunKind): string {
  return `dpoLab.lacks.${kind}`;
}

const given = (kind: RunKind) => `!${lackKey(kind)}`;

/** True once the workspace was searched for experiments. */
export const SEARCHED_KEY = 'dpoLab.experimentsSearched';

/** Never in the palette: another command does the same there. */
const IN_MENUS_ALONE = 'false';

export interface CommandEntry {
  readonly title: string;
  /** A codicon, for buttons. */
  readonly icon?: string;
  /** When the palette offers it; absent: always. */
  readonly when?: string;
}

export const COMMANDS = {
  'dpoLab.newExperiment': { title: 'New Experiment', icon: '$(add)' },
  'dpoLab.openExample': { title: 'Open Example', icon: '$(mortar-board)' },
  'dpoLab.explainRule': { title: 'Explain Rule' },
  'dpoLab.showReference': { title: 'Show Reference', when: 'dpoLab.activeConfig' },
  'dpoLab.showMemory': { title: 'Show Memory Estimate', when: 'dpoLab.activeConfig' },
  'dpoLab.switchReference': { title: 'Switch Reference', when: 'dpoLab.activeConfig' },
  'dpoLab.convert': { title: 'Convert to...', icon: '$(arrow-swap)', when: ANY_CONFIG_KEY },
  'dpoLab.addSweep': { title: 'Add Sweep', when: 'dpoLab.activeConfig' },
  'dpoLab.train': { title: 'Train', icon: '$(play)', when: TRAINABLE },
  'dpoLab.sweepBeta': { title: 'Sweep Beta', icon: '$(graph-line)', when: TRAINABLE },
  'dpoLab.computeReference': { title: 'Compute Reference Log-Probabilities', when: STARTABLE },
  'dpoLab.compareReference': { title: 'Compare Reference with Policy', when: STARTABLE },
  'dpoLab.checkEnvironment': { title: 'Check Environment', icon: '$(refresh)', when: 'isWorkspaceTrusted' },
  'dpoLab.setUpEnvironment': {
    title: 'Set Up Training Environment',
    icon: '$(cloud-download)',
    when: 'isWorkspaceTrusted && workspaceFolderCount != 0',
  },
  'dpoLab.watchScript': {
    title: 'Run with DPO Lab Watching',
    icon: '$(eye)',
    when: `${PYTHON_FILE} && isWorkspaceTrusted`,
  },
  'dpoLab.adoptRun': {
    title: 'Adopt Run...',
    icon: '$(folder-library)',
    when: 'isWorkspaceTrusted && workspaceFolderCount != 0',
  },
  'dpoLab.openConfig': { title: 'Open My Config', icon: '$(folder-opened)' },
  'dpoLab.openLatest': { title: 'Open Latest Run or Sweep', when: given('any') },
  'dpoLab.showRuns': { title: 'Show All Runs as a Table', icon: '$(table)', when: given('any') },
  'dpoLab.openRun': { title: 'Open Run', icon: '$(open-preview)', when: given('any') },
  'dpoLab.openSweep': { title: 'Open Sweep', icon: '$(graph-scatter)', when: given('sweep') },
  'dpoLab.compareRuns': { title: 'Compare Runs', icon: '$(diff)', when: given('two') },
  'dpoLab.showDifference': { title: 'Show What Differs from the Config', when: given('any') },
  'dpoLab.writeReport': {
    title: 'Write Report',
    icon: '$(file-code)',
    when: `${given('any')} && isWorkspaceTrusted`,
  },
  'dpoLab.inspectPairs': {
    title: 'Inspect Pairs',
    icon: '$(inspect)',
    when: `${given('any')} && isWorkspaceTrusted`,
  },
  'dpoLab.stopRun': { title: 'Stop Run', icon: '$(debug-stop)', when: given('live') },
  'dpoLab.stopSweep': { title: 'Stop Sweep', icon: '$(debug-stop)', when: IN_MENUS_ALONE },
  'dpoLab.resumeRun': { title: 'Resume Run', icon: '$(debug-continue)', when: given('resumable') },
  'dpoLab.resumeSweep': { title: 'Resume Sweep', icon: '$(debug-continue)', when: IN_MENUS_ALONE },
  'dpoLab.showRunLog': { title: 'Show Log of Run', when: given('any') },
  'dpoLab.revealRun': { title: 'Reveal Folder of Run', when: given('any') },
  'dpoLab.copyRunId': { title: 'Copy Id of Run', when: given('any') },
  'dpoLab.deleteRun': { title: 'Delete Run', when: given('ended') },
  'dpoLab.deleteSweep': { title: 'Delete Sweep', when: IN_MENUS_ALONE },
} as const satisfies Record<string, CommandEntry>;

/** Called by lenses with arguments that only they have, so neither palette nor manifest names them. */
export const INTERNAL_COMMANDS = {
  'dpoLab.applyEdit': { title: 'Change Config' },
  'dpoLab.openSelected': { title: 'Open' },
  'dpoLab.markRuns': { title: 'Mark Runs' },
  'dpoLab.useBeta': { title: 'Use Beta' },
  'dpoLab.changeConfig': { title: 'Change Config' },
  'dpoLab.chooseVersion': { title: 'Choose the Version of a Trainer' },
} as const;

export type CommandId = keyof typeof COMMANDS | keyof typeof INTERNAL_COMMANDS;

interface SettingEntry {
  readonly type: 'array' | 'boolean' | 'string';
  readonly items?: { readonly type: 'string' };
  readonly default: boolean | string | readonly string[];
  readonly markdownDescription: string;
  /** `machine`: a workspace cannot set it. */
  readonly scope: 'resource' | 'window' | 'machine';
}

export const SETTINGS = {
  'dpoLab.adopt': {
    type: 'array',
    items: { type: 'string' },
    default: [],
    markdownDescription:
      'Folders in which other trainers leave runs, as globs relative to the workspace folder, such as `outputs` or `experiments/*/saves`. Runs in them appear in the list and are followed while they train; the folders are only read.',
    scope: 'resource',
  },
  'dpoLab.codeLens': {
    type: 'boolean',
    default: true,
    markdownDescription:
      'Show actions above the lines of a config that decide an experiment: the model with its memory, the reference, and beta.',
    scope: 'resource',
  },
  'dpoLab.dataFolder': {
    type: 'string',
    default: '.dpo',
    markdownDescription:
      'Folder with runs and reference log-probabilities, relative to the workspace folder. Unfinished runs found there are mentioned in the config that started them.',
    scope: 'resource',
  },
  'dpoLab.nodePath': {
    type: 'string',
    default: '',
    markdownDescription:
      'Node that jobs and trainers run on, 20.19 or newer. Empty: the one that VS Code runs on. Only user settings count.',
    scope: 'machine',
  },
  'dpoLab.openPanelOnStart': {
    type: 'boolean',
    default: true,
    markdownDescription: 'Open the panel of a run or a sweep beside its config when it is started.',
    scope: 'window',
  },
  'dpoLab.pythonPath': {
    type: 'string',
    default: '',
    markdownDescription:
      'Python interpreter, or virtual environment, of the torch trainer. Empty: the one that the config or the Python extension names, else the first of `.venv`, `venv` and the search path that has what training needs. Only user settings count.',
    scope: 'machine',
  },
} as const satisfies Record<string, SettingEntry>;

export type SettingKey = keyof typeof SETTINGS;

interface TypeByName {
  readonly array: readonly string[];
  readonly boolean: boolean;
  readonly string: string;
}

export type SettingValue<K extends SettingKey> = TypeByName[(typeof SETTINGS)[K]['type']];

export const RUNS_VIEW = 'dpoLab.runs';
export const EXPERIMENTS_VIEW = 'dpoLab.experiments';
export const ENVIRONMENT_VIEW = 'dpoLab.environment';

/** What panels are called when an editor that starts again asks for them. */
export const PANEL_VIEW = 'dpoLab.panel';

/** Scheme of the pages that explain rules and configs. */
export const PAGE_SCHEME = 'dpo-lab';

/** Names of the tools that assistants see begin with it. */
export const TOOL_PREFIX = 'dpoLab_';

/** Who offers the server to assistants. */
export const MCP_PROVIDER = 'dpoLab.mcp';
