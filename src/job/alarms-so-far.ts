import type { Reported } from '../core/alarms/alarm-watch';
import { AlarmLines } from '../node/runs/alarm-lines';

/** The alarms that a run's events tell of, over all its attempts. */
export async function toldAlarms(runFolder: string): Promise<Reported[]> {
  const lines = new AlarmLines(runFolder);
  await lines.next();
  return lines.alarms.map(({ code, severity, step, cleared }) => ({
    code,
    severity,
    step,
    ...(cleared !== undefined && { cleared }),
  }));
}
