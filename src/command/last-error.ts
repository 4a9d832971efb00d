import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { readEnd } from '../node/runs/run-store';

/** The last line of a traceback: the error's class and its words. */
const ERROR = /^(?:\[rank\d+\]: ?)?((?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)(?:: .*)?)$/;
/** What launchers raise when a process that they have started failed. */
const LAUNCHERS = /CalledProcessError|ChildFailedError|SignalException/;
const LONGEST = 400;

/** The error by which a Python program ended, out of what it printed; launchers print another one behind it. */
export async function lastError(folder: string): Promise<string | undefined> {
  const text = await readEnd(join(folder, RUN_FILES.log), 64 * 1024);
  const errors = text.split(/[\r\n]+/).flatMap((line) => ERROR.exec(line.trimEnd())?.[1] ?? []);
  const error = errors.findLast((line) => !LAUNCHERS.test(line));
  return error !== undefined && error.length > LONGEST ? `${error.slice(0, LONGEST)}…` : error;
}
