import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { isObject } from '../../node/files/json';
import { codeOf } from '../../node/files/text-files';
import { writeError } from '../../node/files/write-error';
import { isProcessAlive } from '../../node/processes/process-alive';

/** Milliseconds between two looks at a lock that another holds. */
const LOOK_AGAIN = 1000;
/** Milliseconds without a sign of life after which a holder counts as gone, wherever it ran. */
const SILENCE = 10 * 60 * 1000;
/** The same for a lock that does not say who holds it: the holder died while it wrote that. */
const SILENCE_OF_NOBODY = 10 * 1000;

/**
 * Does some work while no other process does it, and waits while another does. The lock saves work; it is no guarantee:
 * on a network drive, or after a holder was suspended for long, two can believe they hold it. What they write has to
 * stand that.
 *
 * @param waiting called again and again while another holds the lock; ends the wait by throwing
 * @param work gets a function that shows that this process is still alive, to be called every few minutes
 */
export async function alone<T>(
  path: string,
  waiting: () => Promise<void>,
  work: (alive: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const own = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  while (!(await create(path, own))) {
    if (await isAbandoned(path)) {
      await rm(path, { force: true });
    } else {
      await waiting();
      await setTimeout(LOOK_AGAIN);
    }
  }
  try {
    return await work(async () => {
      const now = new Date();
      await utimes(path, now, now).catch(() => {});
    });
  } finally {
    if ((await read(path)) === own) await rm(path, { force: true });
  }
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw writeError(error, path);
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) return false; // It has just been given back.
  const silence = Date.now() - stats.mtimeMs;
  const holder = parse((await read(path)) ?? '');
  if (!holder) return silence > SILENCE_OF_NOBODY;
  return silence > SILENCE || (holder.host === hostname() && !isProcessAlive(holder.pid));
}

function parse(text: string): { pid: number; host: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value.pid !== 'number' || typeof value.host !== 'string') return undefined;
    return { pid: value.pid, host: value.host };
  } catch {
    return undefined;
  }
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
