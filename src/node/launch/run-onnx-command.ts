import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { nodeEnvironment } from '../processes/node-environment';
import type { Programs } from './launch-plan';

/** How the trainer's process ended. */
export interface TrainerEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** Why it failed: a sentence for people at exit code 1, else a bug's stack. */
  readonly stderr: string;
}

/**
 * Runs the onnx trainer's program for a command such as `reference`, and reads its standard output: lines of JSON.
 *
 * @param onLine gets each line, which is what the trainer of this version writes
 * @param signal asks the trainer to end; this returns when it has
 */
export async function runTrainer<Line>(
  programs: Pick<Programs, 'node' | 'onnxTrainer'>,
  args: readonly string[],
  onLine: (line: Line) => void,
  signal: AbortSignal,
): Promise<TrainerEnd> {
  const child = spawn(programs.node, [programs.onnxTrainer, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    env: nodeEnvironment(),
  });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value = parse(line);
      if (value !== undefined) onLine(value as Line);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code: code ?? undefined, stderr: Buffer.concat(stderr).toString('utf8').trim() };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Undefined for what is no JSON: half a line of a killed process, or what a library prints. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
