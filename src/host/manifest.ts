import type { Ability } from '../core/runs/run-tree';
import {
  ACTIVE_CONFIG_KEY,
  COMMANDS,
  type CommandEntry,
  ENVIRONMENT_VIEW,
  EXPERIMENTS_VIEW,
  PAGE_SCHEME,
  RUNS_VIEW,
  SEARCHED_KEY,
  SETTINGS,
  type SettingKey,
  STARTABLE,
  TRAINABLE,
} from './contributions';
import { WALKTHROUGH } from './walkthrough';

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
  ['dpoLab.showDifference', ['open'], '1_open@5'],
  ['dpoLab.showRunLog', ['open'], '1_open@6'],
  ['dpoLab.writeReport', ['open'], '1_open@7'],
  ['dpoLab.writeReport', ['sweep'], '1_open@7'],
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

/** The commonest actions, behind one chord. */
const KEYBINDINGS: readonly (readonly [
  key: string,
  command: keyof typeof COMMANDS,
  when: string | undefined,
])[] = [
  ['t', 'dpoLab.train', TRAINABLE],
  ['s', 'dpoLab.sweepBeta', TRAINABLE],
  ['o', 'dpoLab.openLatest', 'isWorkspaceTrusted'],
  ['x', 'dpoLab.stopRun', 'isWorkspaceTrusted'],
  ['n', 'dpoLab.newExperiment', undefined],
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
  'onLanguage:shellscript',
  'onLanguage:python',
  'onWebviewPanel:dpoLab.panel',
];

export const CAPABILITIES = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Configs are checked by their text alone. The models and data they name are looked at, runs are listed, and training can be started once the workspace is trusted.',
    restrictedConfigurations: [
      'dpoLab.adopt',
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
        {
          command: 'dpoLab.adoptRun',
          when: `view == ${RUNS_VIEW} && ${COMMANDS['dpoLab.adoptRun'].when}`,
          group: 'navigation',
        },
        {
          command: 'dpoLab.showRuns',
          when: `view == ${RUNS_VIEW} && ${COMMANDS['dpoLab.showRuns'].when}`,
          group: 'navigation',
        },
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
        { command: 'dpoLab.train', when: TRAINABLE, group: 'navigation@1' },
        { command: 'dpoLab.sweepBeta', when: TRAINABLE, group: 'navigation@2' },
      ],
    },
    keybindings: KEYBINDINGS.map(([key, command, when]) => ({
      command,
      key: `ctrl+alt+d ${key}`,
      mac: `cmd+alt+d ${key}`,
      ...(when && { when }),
    })),
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
          'No runs yet. Train this config or sweep beta.\n[Train](command:dpoLab.train)\n[Sweep Beta](command:dpoLab.sweepBeta)',
        when: STARTABLE,
      },
      {
        view: RUNS_VIEW,
        contents:
          'Find the right beta for your preference pairs.\n[Open the Example](command:dpoLab.openExample)\n[New Experiment](command:dpoLab.newExperiment)\n[Open My Config](command:dpoLab.openConfig)\nThe example trains in about a minute. Configs of TRL, LLaMA-Factory, axolotl and others are read, too.',
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
          'No experiments here yet. An experiment is one file, *.dpo.yaml: a model, a reference, preference pairs, and beta. [New experiment](command:dpoLab.newExperiment)\nNew to DPO Lab? [A walkthrough](command:workbench.action.openWalkthrough?%22dpo-lab.dpo-lab%23firstSweep%22) leads from pairs to the right beta.',
        when: SEARCHED_KEY,
      },
    ],
    walkthroughs: [WALKTHROUGH],
    // Annotates only; a schema that judged would make other extensions repeat our problems.
    jsonValidation: [{ fileMatch: ['*.dpo.json'], url: SCHEMA }],
    yamlValidation: [{ fileMatch: ['*.dpo.yaml', '*.dpo.yml'], url: SCHEMA }],
  };
}
