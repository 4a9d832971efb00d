import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

interface Trained {
  /** Process id of the job whose mark a trainer, and all that it starts, carry in their environment. */
  readonly job: number;
  /** Process id of the trainer, which leads a group. */
  readonly trainer: number;
  /** Of the run that it was started for. */
  readonly runFolder: string;
}

/**
 * Whether a process carries the mark of a job in its environment. False where that cannot be read; Windows shows no
 * environment of others, so that there the command line has to do.
 */
export function carriesMark(pid: number, job: number): boolean {
  if (process.platform === 'win32') return true;
  try {
    const environment = process.platform === 'linux' ? environmentOf(String(pid)) : environmentFromPs(pid);
    return environment.includes(markOf(job));
  } catch {
    return false; // It has ended, or is somebody else's.
  }
}

function markOf(job: number): string {
  return `DPO_LAB_JOB=${job}`;
}

/** After the command line. Values with spaces fall apart, which a mark has not. */
function environmentFromPs(pid: number): string[] {
  return execFileSync('/bin/ps', ['-E', '-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(' ');
}

/**
 * Ends what a trainer has started: processes of its group, and those of a launcher that have groups of their own, as
 * `accelerate launch` makes them. Only Linux tells what carries the mark; elsewhere nothing happens.
 */
export function endMarked({ job, trainer, runFolder }: Trained): void {
  if (process.platform !== 'linux') return;
  // Jobs and trainers of another day may have had the same ids: what leads this group now need not be the trainer.
  const group = isStranger(trainer, runFolder) ? undefined : trainer;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const isMeant = groupOf(name) === group || commandOf(name).includes(runFolder);
      if (isMeant && Number(name) > 1 && carriesMark(Number(name), job))
        process.kill(Number(name), 'SIGKILL');
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}

/** Whether the id was given to another process, which happens only when nothing of the group is left. */
function isStranger(pid: number, runFolder: string): boolean {
  try {
    const command = commandOf(String(pid));
    return command.some(Boolean) && !command.includes(runFolder);
  } catch {
    return false;
  }
}

function groupOf(pid: string): number {
  // The name of the program, in brackets, may hold anything; state, parent and group follow.
  const [, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(group);
}

function commandOf(pid: string): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}

function environmentOf(pid: string): string[] {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
}
