import type { Alarm } from '../core/runs/alarm';
import { AlarmLines } from '../node/runs/alarm-lines';

/** The alarms that a run's events tell of, over all its attempts. */
export async function toldAlarms(runFolder: string): Promise<Omit<Alarm, 'message'>[]> {
  const lines = new AlarmLines(runFolder);
  await lines.next();
  return lines.alarms.map(({ code, severity, step }) => ({ code, severity, step }));
}
