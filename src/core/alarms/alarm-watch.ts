import type { Alarm, AlarmContext, AlarmDetector, Measured } from '../runs/alarm';
import { fromJsonNumber, type MetricsLine } from '../runs/format';
import { evaluationAlarms } from './evaluation-alarms';
import { trainingAlarms } from './training-alarms';

/**
 * Watches the metrics of a run for what is known to go wrong. The same lines give the same alarms. An alarm is raised
 * once for each severity.
 */
export class AlarmWatch {
  readonly #rules: readonly AlarmDetector[];
  readonly #raised: Set<string>;

  /** @param raised alarms that were told before, of a run that is resumed */
  constructor(context: AlarmContext, raised: readonly Pick<Alarm, 'code' | 'severity'>[] = []) {
    this.#rules = [...trainingAlarms(context), ...evaluationAlarms()];
    this.#raised = new Set(raised.map(keyOf));
  }

  see(line: MetricsLine): Alarm[] {
    const value: Measured = (name) => fromJsonNumber(line.values[name]);
    return this.#rules.flatMap((rule) => {
      const found = rule(line, value);
      if (!found || this.#raised.has(keyOf(found))) return [];
      this.#raised.add(keyOf(found));
      return [{ ...found, step: line.step }];
    });
  }
}

function keyOf({ code, severity }: Pick<Alarm, 'code' | 'severity'>): string {
  return `${code} ${severity}`;
}
