import { isFields } from './read-files';

/**
 * `command.json` of a run that another trainer trains: what its job starts. Written by the launcher at each start and each
 * resume, so that nothing is started that a stranger's folder names.
 */
export interface CommandFile {
  /** Absolute: the Python of the trainer's environment. Programs are looked for beside it. */
  readonly python: string;
  /** Program and arguments. `{output}` and `{config}` stand for the run's `model` folder and its copy of the config. */
  readonly words: readonly string[];
  /** Absolute: where it is started, and relative paths of the config begin. */
  readonly folder: string;
  /** Our callback runs in it, and it can be resumed. Else its logs are read. */
  readonly isWatched: boolean;
  /** Absolute: where the arms of a sweep share reference log-probabilities; absent where each computes its own. */
  readonly references?: string;
  /** Variables that it gets. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function isCommandFile(value: unknown): value is CommandFile {
  return (
    isFields(value) &&
    typeof value.python === 'string' &&
    typeof value.folder === 'string' &&
    typeof value.isWatched === 'boolean' &&
    Array.isArray(value.words) &&
    value.words.length > 0 &&
    value.words.every((word) => typeof word === 'string') &&
    (value.references === undefined || typeof value.references === 'string') &&
    (value.environment === undefined || isFields(value.environment))
  );
}
