import { join } from 'node:path';
import type { Alarm } from '../core/runs/alarm';
import { RUN_FILES } from '../core/runs/format';
import { isEventLine } from '../core/runs/read-files';
import { JsonLinesReader } from '../node/files/json-lines';

/** The alarms that a run's events tell of, over all its attempts. */
export async function toldAlarms(runFolder: string): Promise<Omit<Alarm, 'message'>[]> {
  const reader = new JsonLinesReader(join(runFolder, RUN_FILES.events));
  const alarms: Omit<Alarm, 'message'>[] = [];
  for await (const { values } of reader.readAll()) {
    for (const value of values) {
      if (!isEventLine(value) || value.kind !== 'alarm') continue;
      alarms.push({ code: value.code, severity: value.severity, step: value.step });
    }
  }
  return alarms;
}
