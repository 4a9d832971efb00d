import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { InspectLine, InspectProgress, InspectQuestion } from '../../core/panels/pairs-page';
import { isForPeople } from '../for-people';
import { Inspection } from '../inspect/inspection';
import { openInspection } from '../inspect/open-inspection';
import type { Progress } from '../models/place';
import { TrainingError } from '../training-error';

/** Milliseconds without a question after which nobody seems to look any more. */
const IDLE = 600_000;

/** Milliseconds between two lines of progress. */
const SAY_EVERY = 100;

/**
 * `onnx-trainer.js inspect RUN_FOLDER`: reads questions about the run's pairs from standard input, one JSON object a line
 * (`InspectQuestion`), and writes progress and answers as lines to standard output. The models are loaded once, when the
 * first question comes. Ends when its input is closed, or when nobody has asked for ten minutes. A new list drops the one
 * before, which nobody waits for any more.
 */
export function runInspectCommand([folder = '']: readonly string[]): Promise<void> {
  return new Promise((end, fail) => {
    const answers = new Answers(resolve(folder));
    let idle = setTimeout(end, IDLE);
    let working: Promise<void> = Promise.resolve();
    const lines = createInterface({ input: process.stdin });
    lines.on('close', end);
    lines.on('line', (line) => {
      const asked = JSON.parse(line) as InspectQuestion;
      answers.expect(asked);
      working = working
        .then(() => {
          clearTimeout(idle);
          return answers.give(asked);
        })
        .then(() => {
          clearTimeout(idle);
          idle = setTimeout(end, IDLE);
        });
      working.catch(fail);
    });
  });
}

class Answers {
  #inspection: Promise<Inspection> | undefined;
  #newestList = 0;

  constructor(private readonly folder: string) {}

  expect({ question, about }: InspectQuestion): void {
    if (about.kind === 'list') this.#newestList = question;
  }

  async give({ question, about }: InspectQuestion): Promise<void> {
    const isDropped = (): boolean => about.kind === 'list' && question !== this.#newestList;
    let told = Number.NEGATIVE_INFINITY;
    const progressOf =
      (activity: InspectProgress['activity']): Progress =>
      (done, total) => {
        if (isDropped()) throw new TrainingError('Another checkpoint was asked for meanwhile.');
        const now = performance.now();
        if (now - told < SAY_EVERY && done > 0) return;
        told = now;
        void say({ kind: 'progress', question, activity, done, total });
      };
    try {
      const inspection = await this.#open(progressOf);
      await say({ kind: 'answer', question, ok: await inspection.answer(about, progressOf) });
    } catch (error) {
      if (!isForPeople(error)) throw error;
      await say({ kind: 'answer', question, err: error.message });
    }
  }

  /** What could not be opened is tried again at the next question. */
  #open(progressOf: (activity: InspectProgress['activity']) => Progress): Promise<Inspection> {
    this.#inspection ??= openInspection(this.folder, progressOf).then(
      (opened) => new Inspection(opened),
      (error: unknown) => {
        this.#inspection = undefined;
        throw error;
      },
    );
    return this.#inspection;
  }
}

async function say(line: InspectLine): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
}
