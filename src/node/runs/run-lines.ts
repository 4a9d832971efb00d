import { join } from 'node:path';
import type { JudgementsByStep } from '../../core/judge/judged-texts';
import { outcomeOf } from '../../core/judge/judgement';
import type { Evaluation } from '../../core/panels/protocol';
import type { Alarm } from '../../core/runs/alarm';
import { RUN_FILES, type Sample, type TrainerLine } from '../../core/runs/format';
import { isFields, isTrainerLine } from '../../core/runs/read-files';
import { outcomesOf } from '../../core/sweeps/sample-outcomes';
import { JsonLinesReader } from '../files/json-lines';
import { AlarmLines } from './alarm-lines';
import { JudgementsReader } from './judgements';

/** What trainer and job told of a run, read on as they write. */
export class RunLines {
  readonly #trainer: JsonLinesReader;
  readonly #alarms: AlarmLines;
  plan: Extract<TrainerLine, { kind: 'plan' }> | undefined;
  readonly #evaluations: Evaluation[] = [];
  /** Another one whenever the evaluations are others: their texts are too long to compare. */
  version = 0;
  readonly checkpoints: number[] = [];
  readonly #warnings: string[] = [];
  readonly #judgements: JudgementsReader;

  constructor(folder: string) {
    this.#trainer = new JsonLinesReader(join(folder, RUN_FILES.trainer));
    this.#alarms = new AlarmLines(folder);
    this.#judgements = JudgementsReader.ofRun(folder);
  }

  /** What the trainer warned of, and why texts were not judged. */
  get warnings(): readonly string[] {
    const { failure } = this.#judgements;
    return [
      ...this.#warnings,
      ...unreadWords(this.#judgements.byStep),
      ...(failure === undefined ? [] : [failure]),
    ];
  }

  get alarms(): readonly Alarm[] {
    return this.#alarms.alarms;
  }

  /** With the scores of the judge, where it gives some. */
  get evaluations(): Evaluation[] {
    return this.#evaluations.map(({ step, samples }) => {
      const judged = new Map(this.#judgements.byStep.of(step).map((one) => [one.item, one.scores]));
      return { step, samples: samples.map((sample, item) => withScores(sample, judged.get(item))) };
    });
  }

  /** What the newest texts were judged to be, by prompt: 1 won, 0.5 a tie, 0 lost. */
  get outcomes(): Readonly<Record<string, readonly number[]>> {
    const newest = this.#evaluations.at(-1);
    if (!newest) return {};
    const judged = this.#judgements.byStep.of(newest.step).flatMap((judgement) => {
      const outcome = outcomeOf(judgement);
      return outcome === undefined ? [] : [[judgement.item, outcome] as const];
    });
    return outcomesOf(newest.samples, new Map(judged));
  }

  /** Reads what is new. */
  async next(): Promise<void> {
    for await (const { values, restarted } of this.#trainer.readAll()) {
      if (restarted) this.#forgetTrainer();
      for (const line of values.filter(isTrainerLine)) this.#take(line);
    }
    await this.#alarms.next();
    const scored = await this.#judgements.next();
    if (scored.some(({ scores }) => scores)) this.version++;
  }

  #forgetTrainer(): void {
    this.plan = undefined;
    this.version++;
    for (const list of [this.#evaluations, this.checkpoints, this.#warnings]) list.splice(0);
  }

  #take(line: TrainerLine): void {
    if (line.kind === 'plan') this.plan = line;
    if (line.kind === 'warning' && !this.#warnings.includes(line.message)) this.#warnings.push(line.message);
    if (line.kind === 'resumed') this.#forgetFrom(line.step);
    if (line.kind === 'checkpoint' && !this.checkpoints.includes(line.step)) this.checkpoints.push(line.step);
    if (line.kind !== 'samples') return;
    this.version++;
    this.#evaluations.push({ step: line.step, samples: samplesOf(line) });
  }

  /** What came after the checkpoint that a run goes on from is told anew. */
  #forgetFrom(step: number): void {
    this.version++;
    const kept = this.#evaluations.filter((evaluation) => evaluation.step <= step);
    this.#evaluations.splice(0, this.#evaluations.length, ...kept);
    const saved = this.checkpoints.filter((checkpoint) => checkpoint <= step);
    this.checkpoints.splice(0, this.checkpoints.length, ...saved);
  }
}

function withScores(sample: Sample, scores: readonly [number, number] | undefined): Sample {
  if (!scores) return sample;
  const { policy, reference } = sample;
  return {
    ...sample,
    policy: { ...policy, score: scores[0] },
    ...(reference && { reference: { ...reference, score: scores[1] } }),
  };
}

/** How many verdicts could not be read at the last evaluation that is judged. */
function unreadWords(byStep: JudgementsByStep): string[] {
  const step = byStep.steps.findLast((one) => byStep.judgedAt(one));
  const { unread = 0, count = 0 } = (step !== undefined && byStep.judgedAt(step)) || {};
  if (unread === 0) return [];
  return [
    `At step ${step} the judge gave no verdict on ${unread} of ${unread + count} texts. They do not count.`,
  ];
}

function samplesOf({ samples }: Extract<TrainerLine, { kind: 'samples' }>): Sample[] {
  return samples.filter(
    (sample) =>
      isFields(sample) &&
      typeof sample.prompt === 'string' &&
      isText(sample.policy) &&
      (sample.reference === undefined || isText(sample.reference)),
  );
}

function isText(value: unknown): boolean {
  return isFields(value) && typeof value.text === 'string' && typeof value.tokens === 'number';
}
