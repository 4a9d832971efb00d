import { withUnixLineBreaks } from './code';
import { Walk } from './walk';
import type { ShellCommand } from './word';

export interface ShellScript {
  readonly text: string;
  /** By their place in the text. */
  readonly commands: readonly ShellCommand[];
  /** How often each variable is used in the script. */
  readonly useCounts: ReadonlyMap<string, number>;
}

/**
 * The commands of a shell script, with their words as far as the script's own text decides them. Nothing runs.
 * Never throws; of code that cannot be read, as much is kept as can.
 */
export function readShell(text: string): ShellScript {
  try {
    const walk = new Walk(withUnixLineBreaks(text));
    walk.run();
    const commands = walk.commands.sort((a, b) => a.range.start - b.range.start);
    return { text, commands, useCounts: walk.useCounts };
  } catch {
    return { text, commands: [], useCounts: new Map() };
  }
}
