import { join } from 'node:path';
import { type Alarm, afterChange } from '../../core/runs/alarm';
import { RUN_FILES } from '../../core/runs/format';
import { isEventLine } from '../../core/runs/read-files';
import { JsonLinesReader } from '../files/json-lines';

/** The alarms of a run, read on as its job tells them. */
export class AlarmLines {
  readonly #events: JsonLinesReader;
  /** Oldest first, those that have passed among them. */
  alarms: readonly Alarm[] = [];

  constructor(folder: string) {
    this.#events = new JsonLinesReader(join(folder, RUN_FILES.events));
  }

  /** Reads what is new. */
  async next(): Promise<void> {
    for await (const { values, restarted } of this.#events.readAll()) {
      if (restarted) this.alarms = [];
      for (const line of values.filter(isEventLine))
        if (line.kind !== 'state') this.alarms = afterChange(this.alarms, line);
    }
  }
}
