import { join } from 'node:path';
import { AlarmWatch, type Reported } from '../core/alarms/alarm-watch';
import { type Alarm, type AlarmChange, type AlarmContext, afterChange } from '../core/runs/alarm';
import { fromJsonNumber, RUN_FILES } from '../core/runs/format';
import { metricsLine } from '../core/runs/read-files';
import { Pace } from '../core/runs/remaining-time';
import { JsonLinesReader } from '../node/files/json-lines';
import { JudgementsReader } from '../node/runs/judgements';

/** Follows the metrics of a run: how far it is, how fast, and what goes wrong. */
export class MetricsWatch {
  readonly #reader: JsonLinesReader;
  readonly #judgements: JudgementsReader;
  #reported: readonly Alarm[];
  #judged = Number.NEGATIVE_INFINITY;
  #alarms: AlarmWatch;
  #pace = new Pace();
  #step: number | undefined;
  #epoch: number | undefined;
  #lines = 0;

  /**
   * @param reported alarms of attempts before
   * @param since milliseconds since 1970: older lines are of attempts before, and tell nothing of the speed
   */
  constructor(
    folder: string,
    private readonly context: AlarmContext,
    reported: readonly Reported[],
    private readonly since: number,
  ) {
    this.#reader = new JsonLinesReader(join(folder, RUN_FILES.metrics));
    this.#judgements = JudgementsReader.ofRun(folder);
    this.#reported = reported.map((alarm) => ({ ...alarm, message: '' }));
    this.#alarms = new AlarmWatch(context, reported);
  }

  /** Optimizer steps done, by the newest line. */
  get step(): number | undefined {
    return this.#step;
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Lines that were read so far. */
  get lines(): number {
    return this.#lines;
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** Reads all that is there, and gives the alarms that are new, worse, or have passed. */
  async next(): Promise<AlarmChange[]> {
    const found: AlarmChange[] = [];
    for await (const { values, restarted } of this.#reader.readAll()) {
      if (restarted) this.#restart();
      for (const value of values) {
        const line = metricsLine(value);
        if (!line) continue;
        this.#lines++;
        this.#step = line.step;
        if (line.split === 'train') {
          const epoch = fromJsonNumber(line.values.epoch);
          if (Number.isFinite(epoch)) this.#epoch = epoch;
          if (line.time >= this.since) this.#pace.see(line);
        }
        found.push(...this.#alarms.see(line));
      }
    }
    found.push(...(await this.#nextJudged()));
    this.#reported = found.reduce(afterChange, this.#reported);
    return found;
  }

  async #nextJudged(): Promise<AlarmChange[]> {
    await this.#judgements.next();
    const { byStep } = this.#judgements;
    return byStep.steps.flatMap((step) => {
      const judged = step > this.#judged && byStep.judgedAt(step);
      if (!judged) return [];
      this.#judged = step;
      return this.#alarms.seeJudged(step, judged);
    });
  }

  /** The trainer has taken out steps that it repeats: what is watched begins anew, but no alarm is told twice. */
  #restart(): void {
    this.#alarms = new AlarmWatch(this.context, this.#reported);
    this.#judged = Number.NEGATIVE_INFINITY;
    this.#pace = new Pace();
    this.#step = 0;
  }
}
