import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { programs } from './launching';

/** How the trainer's process ended. */
export interface TrainerEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** Why it failed: a sentence for people at exit code 1, else a bug's stack. */
  readonly stderr: string;
  /** Somebody asked this program to stop, with Ctrl-C for instance. */
  readonly interrupted: boolean;
}

/**
 * Runs the onnx trainer's program and reads its standard output: lines of JSON. A request
 * to stop is passed on, and this program goes on when the trainer has ended.
 *
 * @param onLine gets each line, which is what the trainer of this version writes
 */
export async function runTrainer<Line>(
  args: readonly string[],
  onLine: (line: Line) => void,
): Promise<TrainerEnd> {
  const child = spawn(process.execPath, [programs().onnxTrainer, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let interrupted = false;
  const stop = (): void => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
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
    return { code: code ?? undefined, stderr: Buffer.concat(stderr).toString('utf8').trim(), interrupted };
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
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
