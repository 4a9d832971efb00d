import { type Checked, check } from '../../core/check/check';
import { shownPath } from '../../node/files/paths';
import { FileError, readTextFile } from '../../node/files/text-files';
import { UsageError } from '../usage-error';
import { findConfigFiles } from './config-files';
import { localFacts } from './fact-source';

export interface OneConfig {
  /** Absolute. */
  readonly path: string;
  /** As short as is clear. */
  readonly name: string;
  readonly checked: Checked;
}

/**
 * The config behind an argument: a file, or a folder or glob with one config.
 *
 * @throws UsageError where it is not exactly one, or cannot be read
 */
export async function readOneConfig(argument: string, cwd: string): Promise<OneConfig> {
  const { files, failures } = await findConfigFiles([argument], cwd, 'own');
  const [path, ...others] = files;
  if (path === undefined) throw new UsageError(failures.map(({ reason }) => reason).join(' '));
  if (others.length > 0) {
    throw new UsageError(`${argument} holds ${files.length} configs. Name one of them.`);
  }
  try {
    const text = await readTextFile(path);
    const facts = await localFacts(cwd)(text, path);
    return { path, name: shownPath(path, cwd), checked: check(text, path, facts) };
  } catch (error) {
    if (error instanceof FileError) throw new UsageError(error.message);
    throw error;
  }
}

/** Why a config cannot be run as it is; undefined where `dpo-lab check` finds no error in it. */
export function errorsOf({ name, checked }: OneConfig): string | undefined {
  const errors = checked.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (!first) return undefined;
  const words = errors.length === 1 ? 'an error' : `${errors.length} errors, the first of them`;
  return `${name} has ${words} ${first.code}: ${first.message} Run dpo-lab check ${name}.`;
}
