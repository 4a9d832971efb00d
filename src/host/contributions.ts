/**
 * Everything the extension adds to VS Code, in one table. The manifest's `contributes`, `activationEvents` and
 * `capabilities` are generated from it, and its keys are the types that the code registers and reads by: a command
 * without a handler, or a setting that nothing reads, does not compile. Pure data, so that scripts can load it.
 */

import type { Ability } from '../core/runs/run-tree';
import { WALKTHROUGH } from './walkthrough';

/** True while the active editor shows a config file. */
export const ACTIVE_CONFIG_KEY = 'dpoLab.activeConfig';

/** A config is in front, and processes may be started. */
const STARTABLE = `${ACTIVE_CONFIG_KEY} && isWorkspaceTrusted`;

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

interface CommandEntry {
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
  'dpoLab.addSweep': { title: 'Add Sweep', when: 'dpoLab.activeConfig' },
  'dpoLab.train': { title: 'Train', icon: '$(play)', when: STARTABLE },
  'dpoLab.sweepBeta': { title: 'Sweep Beta', icon: '$(graph-line)', when: STARTABLE },
  'dpoLab.computeReference': { title: 'Compute Reference Log-Probabilities', when: STARTABLE },
  'dpoLab.compareReference': { title: 'Compare Reference with Policy', when: STARTABLE },
  'dpoLab.checkEnvironment': { title: 'Check Environment', icon: '$(refresh)', when: 'isWorkspaceTrusted' },
  'dpoLab.setUpEnvironment': {
    title: 'Set Up Training Environment',
    icon: '$(cloud-download)',
    when: 'isWorkspaceTrusted && workspaceFolderCount != 0',
  },
  'dpoLab.openRun': { title: 'Open Run', icon: '$(open-preview)', when: given('any') },
  'dpoLab.openSweep': { title: 'Open Sweep', icon: '$(graph-scatter)', when: given('sweep') },
  'dpoLab.compareRuns': { title: 'Compare Runs', icon: '$(diff)', when: given('two') },
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
export const INTERNAL_COMMANDS = { 'dpoLab.applyEdit': { title: 'Change Config' } } as const;

export type CommandId = keyof typeof COMMANDS | keyof typeof INTERNAL_COMMANDS;

interface SettingEntry {
  readonly type: 'boolean' | 'string';
  readonly default: boolean | string;
  readonly markdownDescription: string;
  /** `machine`: a workspace cannot set it. */
  readonly scope: 'resource' | 'window' | 'machine';
}

export const SETTINGS = {
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

/** What menus offer for runs: an item that can do it, whether it is a whole sweep, and where it stands. */
const RUN_MENU: readonly (readonly [
  command: keyof typeof COMMANDS,
  abilities: readonly Ability[],
  group: string,
])[] = [
  ['dpoLab.resumeRun', ['resume', 'open'], 'inline@1'],
  ['dpoLab.resumeSweep', ['resume', 'sweep'], 'inline@1'],
  ['dpoLab.stopRun', ['stop', 'open'], 'inline@2'],
  ['dpoLab.stopSweep', ['stop', 'sweep'], 'inline@2'],
  ['dpoLab.openRun', ['open'], 'inline@3'],
  ['dpoLab.openSweep', ['sweep'], 'inline@3'],
  ['dpoLab.openRun', ['open'], '1_open@1'],
  ['dpoLab.openSweep', ['sweep'], '1_open@2'],
  ['dpoLab.openSweep', ['arm'], '1_open@2'],
  ['dpoLab.compareRuns', ['open'], '1_open@3'],
  ['dpoLab.compareRuns', ['sweep'], '1_open@3'],
  ['dpoLab.inspectPairs', ['open'], '1_open@4'],
  ['dpoLab.showRunLog', ['open'], '1_open@5'],
  ['dpoLab.resumeRun', ['resume', 'open'], '2_state@1'],
  ['dpoLab.resumeSweep', ['resume', 'sweep'], '2_state@1'],
  ['dpoLab.stopRun', ['stop', 'open'], '2_state@2'],
  ['dpoLab.stopSweep', ['stop', 'sweep'], '2_state@2'],
  ['dpoLab.revealRun', ['open'], '3_folder@1'],
  ['dpoLab.copyRunId', ['open'], '3_folder@2'],
  ['dpoLab.deleteRun', ['delete', 'open'], '4_delete@1'],
  ['dpoLab.deleteSweep', ['delete', 'sweep'], '4_delete@1'],
];

/** What menus offer for the config files of the list, also besides its buttons, which a keyboard does not reach. */
const EXPERIMENT_MENU: readonly (readonly [
  command: keyof typeof COMMANDS,
  group: string,
  starts: boolean,
])[] = [
  ['dpoLab.train', 'inline@1', true],
  ['dpoLab.sweepBeta', 'inline@2', true],
  ['dpoLab.train', '1_start@1', true],
  ['dpoLab.sweepBeta', '1_start@2', true],
  ['dpoLab.computeReference', '2_reference@1', true],
  ['dpoLab.showReference', '2_reference@2', false],
  ['dpoLab.showMemory', '2_reference@3', false],
];

function onRun(abilities: readonly Ability[]): string {
  return [`view == ${RUNS_VIEW}`, ...abilities.map((ability) => `viewItem =~ /\\b${ability}\\b/`)].join(
    ' && ',
  );
}

const VIEW_ICON = 'media/dpo-lab.svg';
const SCHEMA = './schema/dpo.editor.schema.json';

/**
 * A language opens a config; a folder with runs may have one that goes on, which the status bar tells. Commands and views
 * start the rest and need no mention.
 */
export const ACTIVATION_EVENTS: readonly string[] = [
  'workspaceContains:.dpo/runs',
  'onLanguage:yaml',
  'onLanguage:json',
  'onLanguage:jsonc',
  'onWebviewPanel:dpoLab.panel',
];

export const CAPABILITIES = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Configs are checked by their text alone. The models and data they name are looked at, runs are listed, and training can be started once the workspace is trusted.',
    restrictedConfigurations: [
      'dpoLab.dataFolder',
      'dpoLab.nodePath',
      'dpoLab.pythonPath',
    ] satisfies SettingKey[],
  },
  virtualWorkspaces: {
    supported: 'limited',
    description:
      'Configs are checked by their text alone, because models and data cannot be read from a virtual file system, and nothing can be trained there.',
  },
} as const;

/** The manifest's `contributes`. */
export function contributes(): Readonly<Record<string, unknown>> {
  const commands: [string, CommandEntry][] = Object.entries(COMMANDS);
  return {
    commands: commands.map(([command, { title, icon }]) => ({
      command,
      title,
      category: 'DPO Lab',
      ...(icon && { icon }),
    })),
    menus: {
      commandPalette: commands.flatMap(([command, { when }]) => (when ? [{ command, when }] : [])),
      'view/title': [
        { command: 'dpoLab.newExperiment', when: `view == ${EXPERIMENTS_VIEW}`, group: 'navigation' },
        ...(['dpoLab.checkEnvironment', 'dpoLab.setUpEnvironment'] as const).map((command, index) => ({
          command,
          when: `view == ${ENVIRONMENT_VIEW} && ${COMMANDS[command].when}`,
          group: `navigation@${index + 1}`,
        })),
      ],
      'view/item/context': [
        ...RUN_MENU.map(([command, abilities, group]) => ({ command, when: onRun(abilities), group })),
        ...EXPERIMENT_MENU.map(([command, group, starts]) => ({
          command,
          when: `view == ${EXPERIMENTS_VIEW}${starts ? ' && isWorkspaceTrusted' : ''}`,
          group,
        })),
      ],
      'editor/title/run': [
        { command: 'dpoLab.train', when: STARTABLE, group: 'navigation@1' },
        { command: 'dpoLab.sweepBeta', when: STARTABLE, group: 'navigation@2' },
      ],
    },
    configuration: { title: 'DPO Lab', properties: SETTINGS },
    // Links to a page open it rendered, not as Markdown source.
    configurationDefaults: {
      'workbench.editorAssociations': { [`${PAGE_SCHEME}:/**`]: 'vscode.markdown.preview.editor' },
    },
    viewsContainers: { activitybar: [{ id: 'dpoLab', title: 'DPO Lab', icon: 'media/dpo-lab.svg' }] },
    views: {
      dpoLab: [
        { id: RUNS_VIEW, name: 'Runs', icon: VIEW_ICON },
        { id: EXPERIMENTS_VIEW, name: 'Experiments', icon: VIEW_ICON },
        { id: ENVIRONMENT_VIEW, name: 'Environment', icon: VIEW_ICON, visibility: 'collapsed' },
      ],
    },
    viewsWelcome: [
      {
        view: RUNS_VIEW,
        contents:
          'No runs here yet. Train an experiment, or sweep its beta: open a config and press one of the buttons.\n[Train](command:dpoLab.train)\n[Sweep Beta](command:dpoLab.sweepBeta)',
        when: STARTABLE,
      },
      {
        view: RUNS_VIEW,
        contents: 'No runs here yet. Open an experiment, *.dpo.yaml, and train it.',
        when: `!${ACTIVE_CONFIG_KEY} && isWorkspaceTrusted`,
      },
      ...(
        [
          [RUNS_VIEW, 'Runs are listed, and training can be started,'],
          [ENVIRONMENT_VIEW, 'Devices and Pythons of this machine are looked for'],
        ] as const
      ).map(([view, what]) => ({
        view,
        contents: `${what} once this workspace is trusted.\n[Manage Workspace Trust](command:workbench.trust.manage)`,
        when: '!isWorkspaceTrusted',
      })),
      {
        view: EXPERIMENTS_VIEW,
        contents:
          'No experiments here yet. An experiment is one file, *.dpo.yaml: a model, a reference, preference pairs, and beta.\n[New Experiment](command:dpoLab.newExperiment)\n[Open Example](command:dpoLab.openExample)\nNew to DPO Lab? [A walkthrough](command:workbench.action.openWalkthrough?%22dpo-lab.dpo-lab%23firstSweep%22) leads from pairs to the right beta.',
        when: SEARCHED_KEY,
      },
    ],
    walkthroughs: [WALKTHROUGH],
    // Annotates only; a schema that judged would make other extensions repeat our problems.
    jsonValidation: [{ fileMatch: ['*.dpo.json'], url: SCHEMA }],
    yamlValidation: [{ fileMatch: ['*.dpo.yaml', '*.dpo.yml'], url: SCHEMA }],
  };
}
