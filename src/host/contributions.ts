/**
 * Everything the extension adds to VS Code, in one table. The manifest's `contributes`, `activationEvents` and
 * `capabilities` are generated from it, and its keys are the types that the code registers and reads by: a command
 * without a handler, or a setting that nothing reads, does not compile. Pure data, so that scripts can load it.
 */

interface CommandEntry {
  readonly title: string;
  /** A codicon, for buttons. */
  readonly icon?: string;
  /** When the palette offers it; absent: always. */
  readonly when?: string;
}

export const COMMANDS = {
  'dpoLab.newExperiment': { title: 'New Experiment', icon: '$(add)' },
  'dpoLab.explainRule': { title: 'Explain Rule' },
  'dpoLab.showReference': { title: 'Show Reference', when: 'dpoLab.activeConfig' },
  'dpoLab.showMemory': { title: 'Show Memory Estimate', when: 'dpoLab.activeConfig' },
  'dpoLab.switchReference': { title: 'Switch Reference', when: 'dpoLab.activeConfig' },
  'dpoLab.sweepBeta': { title: 'Sweep Beta', when: 'dpoLab.activeConfig' },
} as const satisfies Record<string, CommandEntry>;

/** Called by lenses with arguments that only they have, so neither palette nor manifest names them. */
export const INTERNAL_COMMANDS = { 'dpoLab.applyEdit': { title: 'Change Config' } } as const;

export type CommandId = keyof typeof COMMANDS | keyof typeof INTERNAL_COMMANDS;

/** True while the active editor shows a config file. */
export const ACTIVE_CONFIG_KEY = 'dpoLab.activeConfig';

interface SettingEntry {
  readonly type: 'boolean' | 'string';
  readonly default: boolean | string;
  readonly markdownDescription: string;
  readonly scope: 'resource' | 'window';
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
} as const satisfies Record<string, SettingEntry>;

export type SettingKey = keyof typeof SETTINGS;

interface TypeByName {
  readonly boolean: boolean;
  readonly string: string;
}

export type SettingValue<K extends SettingKey> = TypeByName[(typeof SETTINGS)[K]['type']];

export const EXPERIMENTS_VIEW = 'dpoLab.experiments';

/** Scheme of the pages that explain rules and configs. */
export const PAGE_SCHEME = 'dpo-lab';

const SCHEMA = './schema/dpo.editor.schema.json';

/** A language opens a config, a command or the view starts the rest; the latter two need no mention. */
export const ACTIVATION_EVENTS: readonly string[] = [
  'onLanguage:yaml',
  'onLanguage:json',
  'onLanguage:jsonc',
];

export const CAPABILITIES = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Configs are checked by their text alone. The models and data they name are looked at once the workspace is trusted.',
    restrictedConfigurations: ['dpoLab.dataFolder'] satisfies SettingKey[],
  },
  virtualWorkspaces: {
    supported: 'limited',
    description:
      'Configs are checked by their text alone, because models and data cannot be read from a virtual file system.',
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
      ],
    },
    configuration: { title: 'DPO Lab', properties: SETTINGS },
    // Links to a page open it rendered, not as Markdown source.
    configurationDefaults: {
      'workbench.editorAssociations': { [`${PAGE_SCHEME}:/**`]: 'vscode.markdown.preview.editor' },
    },
    viewsContainers: { activitybar: [{ id: 'dpoLab', title: 'DPO Lab', icon: 'media/dpo-lab.svg' }] },
    views: { dpoLab: [{ id: EXPERIMENTS_VIEW, name: 'Experiments', icon: 'media/dpo-lab.svg' }] },
    viewsWelcome: [
      {
        view: EXPERIMENTS_VIEW,
        contents:
          'No experiments here yet. An experiment is one file, *.dpo.yaml: a model, a reference, preference pairs, and beta.\n[New Experiment](command:dpoLab.newExperiment)',
      },
    ],
    // Annotates only; a schema that judged would make other extensions repeat our problems.
    jsonValidation: [{ fileMatch: ['*.dpo.json'], url: SCHEMA }],
    yamlValidation: [{ fileMatch: ['*.dpo.yaml', '*.dpo.yml'], url: SCHEMA }],
  };
}
