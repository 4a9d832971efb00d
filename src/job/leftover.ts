import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup } from '../node/process-group';
import { isProcess } from '../node/process-sight';

/** Milliseconds that a left trainer has to end by itself. */
const GRACE = 20_000;

/**
 * Ends the trainer of a job that was killed. It notices by itself that its job is gone, but two trainers must never
 * write into one folder.
 *
 * @param pid what the last status says; another process that was given the same id meanwhile is let alone
 */
export async function endLeftTrainer(pid: number, runFolder: string): Promise<void> {
  if (!isProcess(pid, runFolder)) return;
  signalGroup(pid, 'SIGTERM');
  const deadline = performance.now() + GRACE;
  while (isProcess(pid, runFolder) && performance.now() < deadline) await delay(100);
  signalGroup(pid, 'SIGKILL');
}
