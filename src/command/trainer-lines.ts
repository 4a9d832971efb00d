import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES, type TrainerLine } from '../core/runs/format';
import { isTrainerLine } from '../core/runs/read-files';
import { JsonLinesReader, JsonLinesWriter } from '../node/files/json-lines';

export interface Checkpoint {
  readonly step: number;
  readonly path: string;
}

/** The newest checkpoint that a run has named and that still exists with what a resume needs. */
export async function lastCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const found: Checkpoint[] = [];
  for await (const { values } of new JsonLinesReader(join(folder, RUN_FILES.trainer)).readAll()) {
    for (const line of values.filter(isTrainerLine)) {
      if (line.kind === 'checkpoint' && line.path !== undefined)
        found.push({ step: line.step, path: line.path });
    }
  }
  return found
    .sort((a, b) => b.step - a.step)
    .find(({ path }) => existsSync(join(path, 'trainer_state.json')));
}

/** Opened for each line: our callback replaces the file where it takes out steps that are trained again. */
export function append(folder: string, line: object): void {
  const lines = new JsonLinesWriter(join(folder, RUN_FILES.trainer));
  try {
    lines.append({ time: Date.now(), ...line });
  } finally {
    lines.close();
  }
}

/** What our callback says during this attempt. Lines of attempts before are passed over. */
export class Said {
  readonly #reader: JsonLinesReader;
  readonly #before: ReadonlySet<string>;
  #isTraining = false;
  #trained: Extract<TrainerLine, { kind: 'trained' }> | undefined;
  #step: number | undefined;

  private constructor(path: string, before: ReadonlySet<string>) {
    this.#reader = new JsonLinesReader(path);
    this.#before = before;
  }

  /** To be called before the trainer starts. */
  static async open(folder: string): Promise<Said> {
    const path = join(folder, RUN_FILES.trainer);
    const before = new Set<string>();
    for await (const { values } of new JsonLinesReader(path).readAll())
      for (const value of values) before.add(JSON.stringify(value));
    return new Said(path, before);
  }

  async next(): Promise<void> {
    for await (const { values } of this.#reader.readAll()) {
      for (const line of values.filter(isTrainerLine)) {
        if (this.#before.has(JSON.stringify(line))) continue;
        if (line.kind === 'plan') this.#isTraining = true;
        if (line.kind === 'checkpoint') this.#step = line.step;
        if (line.kind === 'trained') this.#trained = line;
      }
    }
  }

  /** The callback is there, and hears requests. */
  get isTraining(): boolean {
    return this.#isTraining;
  }

  get trained(): Extract<TrainerLine, { kind: 'trained' }> | undefined {
    return this.#trained;
  }

  /** Of the newest checkpoint. */
  get step(): number | undefined {
    return this.#step;
  }
}
