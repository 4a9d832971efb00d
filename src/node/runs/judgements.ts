import { join } from 'node:path';
import { JudgementsByStep } from '../../core/judge/judged-texts';
import { isJudgeFailure, isJudgement, type Judgement } from '../../core/judge/judgement';
import { RUN_FILES } from '../../core/runs/format';
import { JsonLinesReader } from '../files/json-lines';

/** Follows what the judge of a run writes. A run of an older version has no such file: its metrics hold the win rate. */
export class JudgementsReader {
  readonly byStep = new JudgementsByStep();
  readonly #reader: JsonLinesReader;
  #failure: string | undefined;
  #version = 0;

  /** @param path the run folder's `judgements.jsonl`, or a file like it */
  constructor(path: string) {
    this.#reader = new JsonLinesReader(path);
  }

  static ofRun(folder: string): JudgementsReader {
    return new JudgementsReader(join(folder, RUN_FILES.judgements));
  }

  /** Why texts were not judged, where the last attempt failed. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Another one whenever something new was read. */
  get version(): number {
    return this.#version;
  }

  /** Reads what is new. A file that cannot be read has nothing new. */
  async next(): Promise<readonly Judgement[]> {
    const news: Judgement[] = [];
    try {
      for await (const { values, restarted } of this.#reader.readAll()) {
        if (restarted) this.byStep.clear();
        if (restarted || values.length > 0) this.#version++;
        for (const value of values) {
          if (isJudgement(value)) news.push(this.#take(value));
          else if (isJudgeFailure(value)) this.#failure = value.message;
        }
      }
    } catch {
      // A folder in its place, or a disk that fails: the run is shown without win rates.
    }
    return news;
  }

  /** Steps whose texts are all judged, with the win rate: shares. */
  winRates(): Map<number, number> {
    const rates = this.byStep.steps.map((step) => [step, this.byStep.judgedAt(step)?.winRate] as const);
    return new Map(rates.flatMap(([step, rate]) => (rate === undefined ? [] : [[step, rate]])));
  }

  /** Of the last evaluation that is judged; undefined where the judge failed since. */
  get newest(): number | undefined {
    return this.#failure === undefined ? [...this.winRates().values()].at(-1) : undefined;
  }

  #take(judgement: Judgement): Judgement {
    this.#failure = undefined;
    this.byStep.add(judgement);
    return judgement;
  }
}

/**
 * The win rate of the last evaluation whose texts are all judged; undefined without a judge, and where the judge failed
 * since: an earlier policy's figure is not this one's.
 */
export async function newestWinRate(folder: string): Promise<number | undefined> {
  const reader = JudgementsReader.ofRun(folder);
  await reader.next();
  return reader.newest;
}
