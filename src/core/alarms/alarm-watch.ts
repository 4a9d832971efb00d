import type { JudgedTexts } from '../judge/judged-texts';
import type { Alarm, AlarmChange, AlarmContext, AlarmDetector, Finding, Measured } from '../runs/alarm';
import { fromJsonNumber, type MetricsLine, toJsonNumber } from '../runs/format';
import { evaluationAlarms } from './evaluation-alarms';
import { outcomeAlarms, worseThanStart } from './outcome-alarms';
import { trainingAlarms } from './training-alarms';

/** An alarm as far as it was reported before, over all attempts of a run. */
export type Reported = Pick<Alarm, 'code' | 'severity' | 'step' | 'cleared'>;

/** Looks in a row without it after which an alarm has passed. */
const PATIENCE: Readonly<Record<MetricsLine['split'], number>> = { train: 20, eval: 2 };
/** As bad as this, compared with what was reported, is worth another report. */
const WORSE = 1.5;

const JUDGED: ReadonlySet<string> = new Set(['RUN013']);

interface State {
  isStanding: boolean;
  raised: number;
  /** What happened up to this step was reported. */
  until: number;
  /** Unknown where it was reported by an attempt before. */
  level: number | undefined;
  /** Looks in a row that did not show it. */
  quiet: number;
}

/**
 * Watches the metrics of a run for what is known to go wrong. The same lines give the same reports: that something goes
 * wrong, that it has become worse, and that it has passed.
 */
export class AlarmWatch {
  /** Each detector, and the kinds of alarms that it has raised. */
  readonly #detectors: readonly { readonly look: AlarmDetector; readonly codes: Set<string> }[];
  readonly #states = new Map<string, State>();
  /** The texts of the last evaluation lost more often than chance explains. */
  #wasBad = false;

  /** @param reported of a run that is resumed, oldest first */
  constructor(
    private readonly context: AlarmContext,
    reported: readonly Reported[] = [],
  ) {
    const looks = [...trainingAlarms(context), ...evaluationAlarms(context), ...outcomeAlarms(context)];
    this.#detectors = looks.map((look) => ({ look, codes: new Set<string>() }));
    for (const { step, cleared, ...kind } of reported)
      this.#states.set(keyOf(kind), {
        isStanding: cleared === undefined,
        raised: step,
        until: cleared ?? step,
        level: undefined,
        quiet: 0,
      });
  }

  see(line: MetricsLine): AlarmChange[] {
    const value: Measured = (name) => fromJsonNumber(line.values[name]);
    return this.#detectors.flatMap(({ look, codes }) => {
      const seen = look(line, value);
      if (seen !== undefined && seen !== 'well') codes.add(seen.code);
      return this.#take(seen, line, codes);
    });
  }

  /** @param judged at this step, where all of its texts are judged */
  seeJudged(step: number, judged: Pick<JudgedTexts, 'winRate' | 'count'>): AlarmChange[] {
    const values = { win_rate: toJsonNumber(judged.winRate) };
    const found = worseThanStart(this.context, judged);
    const isBad = found !== undefined && found !== 'well';
    // One of many looks is below its interval by chance: a warning needs two in a row.
    const isChance = isBad && found.severity === 'warning' && !this.#wasBad;
    this.#wasBad = isBad;
    return this.#take(isChance ? undefined : found, { step, time: 0, split: 'eval', values }, JUDGED);
  }

  #take(seen: Finding | 'well' | undefined, line: MetricsLine, codes: ReadonlySet<string>): AlarmChange[] {
    if (seen === undefined) return [];
    if (seen === 'well') return [...codes].flatMap((code) => this.#clear(code, line));
    return [...this.#raise(seen, line), ...this.#clear(seen.code, line, seen.severity)];
  }

  #raise(found: Finding, line: MetricsLine): AlarmChange[] {
    const { level, about = [], ...said } = found;
    const known = this.#states.get(keyOf(found));
    const [isNew, isWorse] = [
      !known?.isStanding,
      known && level !== undefined && level >= WORSE * (known.level ?? level),
    ];
    if (known) {
      known.quiet = 0;
      known.level ??= level;
      if (line.step <= known.until) return [];
    }
    if (!isNew && !isWorse) return [];
    const { step, split } = line;
    this.#states.set(keyOf(found), { isStanding: true, raised: step, until: step, level, quiet: 0 });
    const figures = about.flatMap((name) =>
      line.values[name] === undefined ? [] : [[name, line.values[name]]],
    );
    const values: MetricsLine['values'] = Object.fromEntries(figures);
    return [{ kind: 'alarm', ...said, step, ...(figures.length > 0 && { split, values }) }];
  }

  /** What is graver than what is seen now, or all of the kind, may have passed. */
  #clear(code: string, { step, split }: MetricsLine, now?: Alarm['severity']): AlarmChange[] {
    return SEVERITIES.slice(0, now ? SEVERITIES.indexOf(now) : SEVERITIES.length).flatMap((severity) => {
      const state = this.#states.get(keyOf({ code, severity }));
      if (!state?.isStanding || step <= state.until || ++state.quiet < PATIENCE[split]) return [];
      state.isStanding = false;
      state.until = step;
      return [{ kind: 'cleared' as const, code, severity, step, raised: state.raised }];
    });
  }
}

/** The gravest first. */
const SEVERITIES: readonly Alarm['severity'][] = ['error', 'warning', 'info'];

function keyOf({ code, severity }: Pick<Alarm, 'code' | 'severity'>): string {
  return `${code} ${severity}`;
}
