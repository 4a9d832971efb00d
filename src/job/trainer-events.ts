import { join } from 'node:path';
import { RUN_FILES, type TrainerLine } from '../core/runs/format';
import { isTrainerLine } from '../core/runs/read-files';
import { JsonLinesReader } from '../node/files/json-lines';

/**
 * What a trainer says in `trainer.jsonl` during this attempt. Lines of attempts before are passed over, also when the
 * trainer rewrites the file to leave out steps that it repeats.
 */
export class TrainerWords {
  readonly #reader: JsonLinesReader;
  readonly #before = new Set<string>();
  #evaluations = 0;

  private constructor(folder: string) {
    this.#reader = new JsonLinesReader(join(folder, RUN_FILES.trainer));
  }

  /** To be called before the trainer starts. */
  static async open(folder: string): Promise<TrainerWords> {
    const words = new TrainerWords(folder);
    for (const line of await words.next()) words.#before.add(JSON.stringify(line));
    return words;
  }

  /** Lines with generated texts that were read so far. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** All that is there. Samples are for readers, not for the job. */
  async next(): Promise<TrainerLine[]> {
    const lines: TrainerLine[] = [];
    for await (const { values } of this.#reader.readAll()) {
      for (const value of values) {
        if (!isTrainerLine(value)) continue;
        if (value.kind === 'samples') {
          this.#evaluations++;
          continue;
        }
        if (!this.#before.has(JSON.stringify(value))) lines.push(value);
      }
    }
    return lines;
  }
}
