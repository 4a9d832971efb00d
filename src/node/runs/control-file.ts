import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ControlFile, RUN_FILES } from '../../core/runs/format';
import { isControlFile } from '../../core/runs/read-files';
import { replaceJson } from '../files/atomic-file';

/** What somebody asks of this run, or of its trainer. */
export function requestOf(folder: string, id: string): ControlFile['request'] | undefined {
  try {
    const control: unknown = JSON.parse(readFileSync(join(folder, RUN_FILES.control), 'utf8'));
    return isControlFile(control) && control.run === id ? control.request : undefined;
  } catch {
    return undefined; // There is none, or not yet all of it.
  }
}

/** Asks the trainer to stop, as anybody else would; false where nothing can be written. */
export function leaveStopRequest(folder: string, id: string): boolean {
  const control: ControlFile = { run: id, request: 'stop', time: Date.now() };
  try {
    replaceJson(join(folder, RUN_FILES.control), control, { durable: false });
    return true;
  } catch {
    return false;
  }
}
