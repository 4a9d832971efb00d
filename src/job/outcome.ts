import type { Config, OptionPath } from '../core/config/config';
import type { AlarmChange } from '../core/runs/alarm';
import type { RunState, TrainerLine } from '../core/runs/format';
import type { Exit } from './trainer-process';

/** The last word of a trainer. */
export type EndLine = Extract<TrainerLine, { kind: 'completed' | 'stopped' | 'failed' }>;

export function isEndLine(line: TrainerLine): line is EndLine {
  return line.kind === 'completed' || line.kind === 'stopped' || line.kind === 'failed';
}

export interface Ending {
  readonly exit: Exit;
  readonly end: EndLine | undefined;
  /** Why the job stopped it, where it did. */
  readonly stopReason: string | undefined;
  /** It did not stop when it was asked to. */
  readonly killed: boolean;
  /** Nothing more can be written where the run is. */
  readonly isDiskFull: boolean;
  /** The last lines of its output. */
  readonly output: readonly string[];
}

export interface Outcome {
  readonly state: Extract<RunState, 'completed' | 'stopped' | 'failed'>;
  /** Why it was stopped. */
  readonly reason?: string;
  /** What failed, and what to do next. */
  readonly error?: string;
}

/** Whether a trainer that failed says that memory could not be had. */
export function ranOutOfMemory({ end, output }: Pick<Ending, 'end' | 'output'>): boolean {
  return end ? end.kind === 'failed' && OUT_OF_MEMORY.test(end.message) : output.some(isAboutMemory);
}

function isAboutMemory(line: string): boolean {
  return OUT_OF_MEMORY.test(line);
}

export function outOfMemory(config: Partial<Config>, step: number): AlarmChange {
  const setting = (path: OptionPath): string =>
    config[path] === undefined ? path : `${path} ${config[path]}`;
  return {
    kind: 'alarm',
    code: 'RUN010',
    severity: 'error',
    step,
    message: `Memory ran out with ${setting('training.micro_batch_size')} and ${setting('data.max_length')}. Lower one of them, then resume: the run continues from its last checkpoint.`,
  };
}

/** How a run ended: by what its trainer said, else by how it died. */
export function outcomeOf({ exit, end, stopReason, killed, isDiskFull, output }: Ending): Outcome {
  if (end?.kind === 'completed') return { state: 'completed' };
  if (end?.kind === 'failed') return { state: 'failed', error: end.message };
  if (end?.kind === 'stopped')
    return { state: 'stopped', reason: stopReason ?? 'the trainer was asked to stop' };
  if (stopReason !== undefined) {
    const how = killed ? 'it did not stop when it was asked to, and was ended' : 'it ended without saving';
    return { state: 'stopped', reason: `${stopReason}; ${how}, so that it resumes from its last checkpoint` };
  }
  if (isDiskFull || output.some((line) => NO_SPACE.test(line))) {
    return {
      state: 'failed',
      error: `The disk is full. Free space, then resume the run.${lastWords(output)}`,
    };
  }
  const port = output.find((line) => PORT_IN_USE.test(line));
  if (port !== undefined) return { state: 'failed', error: portInUse(port) };
  return { state: 'failed', error: `${deathOf(exit, output)}${lastWords(output)}` };
}

const OUT_OF_MEMORY = /out of memory|bad_alloc|cannot allocate memory|heap limit|failed to allocate/i;
const NO_SPACE = /ENOSPC|no space left on device|quota exceeded/i;
const PORT_IN_USE = /another process is utilizing it|address already in use|EADDRINUSE/i;
/** As a launcher tells of the processes that it started. */
const WORKER_KILLED = /Signal 9 \(SIGKILL\) received/;
const SAVE_MEMORY = 'Lower training.micro_batch_size or data.max_length, then resume the run.';

function deathOf(exit: Exit, output: readonly string[]): string {
  if ('error' in exit) {
    return `The trainer could not be started: ${exit.error.message}. Check that the program is installed and may be run.`;
  }
  if (output.some(isAboutMemory)) return `The trainer ran out of memory. ${SAVE_MEMORY}`;
  if (exit.signal === 'SIGKILL' || output.some((line) => WORKER_KILLED.test(line))) {
    return `The trainer was killed (SIGKILL): most likely memory ran out, or another program ended it. ${SAVE_MEMORY}`;
  }
  if (exit.signal !== null) {
    return `The trainer died of ${exit.signal}. Resume the run; if it dies again, output.log in its folder says more.`;
  }
  if (exit.code === 0) {
    return 'The trainer ended without saying whether it completed. output.log in the folder of the run may say why; resume the run to continue.';
  }
  return `The trainer ended with exit code ${exit.code}. output.log in the folder of the run says more; resume the run when the cause is gone.`;
}

/** @param line of the launcher, which names the port */
function portInUse(line: string): string {
  const [, number] = /\bport:? `?(\d+)/i.exec(line) ?? [];
  const port = number === undefined ? 'The port' : `Port ${number}`;
  return `${port} on which the processes of the trainer meet is in use. Write another main_process_port into the accelerate config (on a single machine 0, which takes one that is free), then resume the run.`;
}

function lastWords(output: readonly string[]): string {
  return output.length === 0 ? '' : ` Its last output: ${output.join(' / ')}`;
}

/** The last lines of a program's output, for a message: few, short, and without control characters. */
export function lastLines(text: string): string[] {
  return (
    text
      .split(/[\r\n]+/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: sequences that colour or move the cursor.
      .map((line) => line.replace(/\u001B\[[0-9;?]*[A-Za-z]|\p{Cc}/gu, '').trim())
      .filter(Boolean)
      .slice(-5)
      .map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line))
  );
}
