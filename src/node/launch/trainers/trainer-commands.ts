/** How other trainers are started, as far as a config file decides it: one entry a dialect. */
export interface TrainerProgram {
  /** As `producer.trainer` has it. */
  readonly trainer: string;
  /** Python packages of the trainer: an environment that has one of them is the trainer's. */
  readonly packages: readonly string[];
  /** Program beside the environment's Python, and its arguments; `{config}` stands for the config file. */
  readonly words: readonly string[];
  /** How a value takes the place of the config's: `--beta 0.1`, `beta=0.1` or `--rl-beta 0.1`. */
  readonly override: 'flag' | 'pair' | 'dashed-flag';
  /** The key that says where results are written. */
  readonly output: string;
  /** Values that each start gets. */
  readonly always?: readonly (readonly [key: string, value: string])[];
  /** It trains with transformers' Trainer in an environment that our callback reaches. Else its logs are read. */
  readonly isWatched: boolean;
  /** A file, relative to the working folder, without which it cannot start. */
  readonly needs?: string;
  /** The config is read where it lies, because it names others relative to itself. */
  readonly readsConfigInPlace?: true;
}

const TRAINER_PROGRAMS: Readonly<Record<string, TrainerProgram>> = {
  trl: {
    trainer: 'trl',
    packages: ['trl'],
    words: ['trl', 'dpo', '--config', '{config}'],
    override: 'flag',
    output: 'output_dir',
    isWatched: true,
  },
  'alignment-handbook': {
    trainer: 'alignment-handbook',
    packages: ['alignment-handbook', 'alignment', 'trl'],
    words: ['accelerate', 'launch', 'scripts/dpo.py', '--config', '{config}'],
    override: 'flag',
    output: 'output_dir',
    isWatched: true,
    needs: 'scripts/dpo.py',
  },
  llamafactory: {
    trainer: 'llama-factory',
    packages: ['llamafactory'],
    words: ['llamafactory-cli', 'train', '{config}'],
    override: 'pair',
    output: 'output_dir',
    isWatched: true,
  },
  'ms-swift': {
    trainer: 'ms-swift',
    packages: ['ms-swift'],
    words: ['swift', 'rlhf', '{config}'],
    override: 'flag',
    output: 'output_dir',
    // Else each start makes a folder of its own below it.
    always: [['add_version', 'false']],
    isWatched: true,
  },
  axolotl: {
    trainer: 'axolotl',
    packages: ['axolotl'],
    words: ['axolotl', 'train', '{config}'],
    override: 'dashed-flag',
    output: 'output_dir',
    isWatched: true,
  },
  torchtune: {
    trainer: 'torchtune',
    packages: ['torchtune'],
    words: ['tune', 'run', '{recipe}', '--config', '{config}'],
    override: 'pair',
    output: 'output_dir',
    isWatched: false,
  },
  'open-instruct': {
    trainer: 'open-instruct',
    packages: ['open-instruct', 'open_instruct'],
    words: ['accelerate', 'launch', 'open_instruct/dpo_tune_cache.py', '{config}'],
    override: 'flag',
    output: 'output_dir',
    isWatched: false,
    needs: 'open_instruct/dpo_tune_cache.py',
  },
  'nemo-rl': {
    trainer: 'nemo-rl',
    packages: ['nemo-rl', 'nemo_rl'],
    words: ['python', 'examples/run_dpo.py', '--config', '{config}'],
    override: 'pair',
    output: 'checkpointing.checkpoint_dir',
    isWatched: false,
    needs: 'examples/run_dpo.py',
    readsConfigInPlace: true,
  },
};

/** How a file's trainer is started; undefined where a config file alone does not say it, as in scripts. */
export function programFor(dialect: string, fileName: string, trainings: number): TrainerProgram | undefined {
  if (trainings > 1 || !/\.(ya?ml|json)$/i.test(fileName)) return undefined;
  return Object.hasOwn(TRAINER_PROGRAMS, dialect) ? TRAINER_PROGRAMS[dialect] : undefined;
}

/** Arguments that write one value over the config's. */
export function overrideWords(
  { override }: Pick<TrainerProgram, 'override'>,
  key: string,
  value: string,
): string[] {
  if (override === 'pair') return [`${key}=${value}`];
  return [`--${override === 'flag' ? key : key.replaceAll('_', '-')}`, value];
}
