import { type Alarm, standing } from '../runs/alarm';
import { alarmInShort } from '../runs/run-snapshot';

/** An alarm in the few words that a list has room for. */
export interface ShortAlarm extends Pick<Alarm, 'code' | 'severity' | 'step'> {
  /** `texts stop ending`. */
  readonly short: string;
}

const GRAVITY: Readonly<Record<Alarm['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** Of those that stand each kind once, the gravest first: one that became graver says it all. */
export function gravestOfEach(alarms: readonly Alarm[]): Alarm[] {
  const byGravity = standing(alarms).toSorted(
    (a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || a.step - b.step,
  );
  return byGravity.filter(({ code }, index) => byGravity.findIndex((other) => other.code === code) === index);
}

/** Those of them that are not normal in a healthy run. */
export function shortAlarms(alarms: readonly Alarm[]): ShortAlarm[] {
  return gravestOfEach(alarms)
    .filter(({ severity }) => severity !== 'info')
    .map((alarm) => ({
      code: alarm.code,
      severity: alarm.severity,
      step: alarm.step,
      short: alarmInShort(alarm),
    }));
}
