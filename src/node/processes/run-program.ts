import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { signalGroup } from './process-group';

export interface ProgramEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** The last lines of what it printed, to either stream. */
  readonly output: readonly string[];
}

export interface ProgramStart {
  /** No shell reads them. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** Ends the program and all that it started. */
  readonly signal: AbortSignal;
}

const LINES = 200;

/**
 * Runs a program to its end and hears what it prints.
 *
 * @throws what the system says where it cannot be started
 */
export async function runProgram(
  program: string,
  { args, cwd, env, onLine, signal }: ProgramStart,
): Promise<ProgramEnd> {
  const child = spawn(program, args, {
    cwd,
    env,
    // In a group of its own: Ctrl-C in a terminal is for whoever started this.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      if (output.length > LINES) output.shift();
      onLine(line);
    });
  }
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code: code ?? undefined, output };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
