import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CommandFile, isCommandFile } from '../core/runs/command-file';
import { RUN_FILES } from '../core/runs/format';
import { insideOf } from '../node/files/own-files';
import { FileError, readJsonObject } from '../node/files/text-files';
import { requestOf } from '../node/runs/control-file';
import { newLogs } from './follow-logs';
import { lastError } from './last-error';
import { commandEnvironment, programOf } from './program';
import { append, lastCheckpoint, Said } from './trainer-lines';

/** Milliseconds between two looks at what the trainer does. */
const INTERVAL = 500;

/**
 * Starts the command of a run and waits for its end.
 *
 * @returns the exit code for this process
 * @throws FileError where the folder holds no command, or its program does not exist
 */
export async function runCommand(folder: string): Promise<number> {
  const path = join(folder, RUN_FILES.command);
  const command = await readJsonObject(path);
  if (!isCommandFile(command))
    throw new FileError(`${path} names no command. Resume the run: it is written again.`);
  const from = await lastCheckpoint(folder);
  const output = insideOf(folder, RUN_FILES.model);
  // Some trainers refuse a folder in which an attempt before left something; there is nothing to continue from.
  if (from === undefined) rmSync(output, { recursive: true, force: true });
  const said = await Said.open(folder);
  append(folder, { kind: 'phase', phase: 'loading' });
  const end = await follow(start(command, folder, output, from?.path), command, folder, said);
  await said.next();
  const step = said.trained?.step ?? said.step ?? from?.step ?? 0;
  const isAsked = requestOf(folder, basename(folder)) === 'stop';
  // A trainer that was asked to stop may end with any code; what it had to save was saved before.
  if (said.trained?.stopped || (isAsked && end !== 0)) {
    append(folder, { kind: 'stopped', step });
    return 0;
  }
  const error = end === 0 ? undefined : await lastError(folder);
  if (end === 0) append(folder, { kind: 'completed', step });
  if (error !== undefined) append(folder, { kind: 'failed', message: failure(command, end, error) });
  return end;
}

function failure({ words }: CommandFile, end: number, error: string): string {
  return `${words[0]} ended with exit code ${end}. ${error.replace(/[.\s]*$/, '')}. output.log in the folder of the run has all that it printed; resume the run when the cause is gone.`;
}

function start(command: CommandFile, folder: string, output: string, from: string | undefined): ChildProcess {
  const [program, ...words] = programOf(command, { folder, output });
  return spawn(program, words, {
    cwd: command.folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    windowsHide: true,
    env: commandEnvironment(command, folder, from),
  });
}

/** The trainer's exit code; 128 and the signal's number where one ended it, as a shell has it. */
async function follow(
  child: ChildProcess,
  command: CommandFile,
  folder: string,
  said: Said,
): Promise<number> {
  let end: number | undefined;
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  child.once('exit', (code, signal) => {
    end = code ?? 128 + (SIGNALS[signal ?? ''] ?? 0);
  });
  const logs = newLogs(folder);
  let isStopping = false;
  while (end === undefined) {
    if (failure) throw new FileError(`${command.words[0]} could not be started: ${failure.message}.`);
    await delay(INTERVAL);
    await said.next();
    if (!command.isWatched) await logs.next();
    // Nothing is lost before the first step, and what only we follow does not hear of a request.
    const isDeaf = !command.isWatched || !said.isTraining;
    if (isDeaf && !isStopping && requestOf(folder, basename(folder)) === 'stop') {
      isStopping = true;
      child.kill('SIGTERM');
    }
  }
  // A callback that could not be added leaves what the trainer itself has logged.
  if (!said.isTraining) await logs.next();
  return end;
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};
