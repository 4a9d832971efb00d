import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { isObject } from '../node/files/json';
import { messageOf } from '../node/files/text-files';
import { writeSafetensors } from '../node/models/safetensors-writer';
import { indexSafetensors, readTensor } from './models/stored-tensor';
import { diskError } from './run-log';
import type { TrainingState } from './runtime/optimizer';
import { TrainingError } from './training-error';

/** What training goes on from: everything that a step reads, besides the config and the data. */
export interface Checkpoint {
  /** Optimizer steps done. */
  readonly step: number;
  readonly state: TrainingState;
  /** The evaluation at this step was cut short: a resumed run begins with it. */
  readonly evaluationDue: boolean;
}

const FORMAT = 1;
const DESCRIPTION = 'checkpoint.json';
const TENSORS = 'state.safetensors';

/** The checkpoints of a run: folders named by their step, each complete or absent. */
export class Checkpoints {
  readonly #folder: string;

  /**
   * @param fingerprint of what a state belongs to: the model, what is trained of it, and the data; undefined to read
   *   any
   * @param keep the newest so many are kept
   */
  constructor(
    runFolder: string,
    private readonly fingerprint: string | undefined,
    private readonly keep: number,
  ) {
    this.#folder = join(runFolder, RUN_FILES.checkpoints);
  }

  /** @throws TrainingError where the disk is full; no part of the checkpoint is left then */
  async write({ step, state, evaluationDue }: Checkpoint): Promise<void> {
    const temporary = join(this.#folder, `${step}.tmp`);
    const target = join(this.#folder, String(step));
    try {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      const vectors = [
        { name: 'parameters', values: state.parameters },
        { name: 'first_moments', values: state.firstMoments },
        { name: 'second_moments', values: state.secondMoments },
      ];
      await writeSafetensors(
        join(temporary, TENSORS),
        vectors.map(({ name, values }) => ({ name, shape: [values.length], values: async () => values })),
      );
      const description = { format: FORMAT, step, fingerprint: this.fingerprint, evaluationDue };
      await writeFile(join(temporary, DESCRIPTION), JSON.stringify(description));
      await rm(target, { recursive: true, force: true });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw diskError(error, temporary);
    }
    for (const old of (await stepsIn(this.#folder)).slice(0, -this.keep)) {
      await rm(join(this.#folder, String(old)), { recursive: true, force: true });
    }
  }

  /** @throws TrainingError where it belongs to something else, or cannot be read */
  async read(step: number): Promise<Checkpoint> {
    const folder = join(this.#folder, String(step));
    try {
      const description: unknown = JSON.parse(await readFile(join(folder, DESCRIPTION), 'utf8'));
      if (!isObject(description)) throw new Error('its description is no object');
      if (this.fingerprint !== undefined && description.fingerprint !== this.fingerprint) {
        throw new TrainingError(
          `${folder} was made with another model, other trained weights or other data than the run has now. Start a new run, or put the files back that were changed.`,
        );
      }
      const tensors = await indexSafetensors(join(folder, TENSORS));
      const vector = async (name: string): Promise<Float32Array> => {
        const tensor = tensors.get(name);
        if (!tensor) throw new Error(`it has no ${name}`);
        return readTensor(tensor);
      };
      return {
        step,
        evaluationDue: description.evaluationDue === true,
        state: {
          parameters: await vector('parameters'),
          firstMoments: await vector('first_moments'),
          secondMoments: await vector('second_moments'),
        },
      };
    } catch (error) {
      if (error instanceof TrainingError) throw error;
      throw new TrainingError(
        `The checkpoint ${folder} cannot be read: ${messageOf(error)}. Delete that folder and resume: the run goes on from the one before, or from the start.`,
      );
    }
  }
}

/** The step of the newest checkpoint of a run, if it has one. */
export async function newestCheckpoint(runFolder: string): Promise<number | undefined> {
  return (await stepsIn(join(runFolder, RUN_FILES.checkpoints))).at(-1);
}

/** Removes what a killed trainer left half-written. Only the trainer of the run may do so. */
export async function removeUnfinished(runFolder: string): Promise<void> {
  const folder = join(runFolder, RUN_FILES.checkpoints);
  for (const name of await namesIn(folder)) {
    if (!isStep(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function stepsIn(folder: string): Promise<number[]> {
  const names = await namesIn(folder);
  return names
    .filter(isStep)
    .map(Number)
    .sort((a, b) => a - b);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function isStep(name: string): boolean {
  return /^\d+$/.test(name);
}
