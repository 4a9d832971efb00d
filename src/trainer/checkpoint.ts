import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES } from '../core/runs/format';
import { isObject, type JsonObject } from '../node/files/json';
import { namesIn } from '../node/files/names-in';
import { insideOf } from '../node/files/own-files';
import { exists } from '../node/files/paths';
import { syncFiles, syncFolder } from '../node/files/sync-folder';
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
/** Names of the state's vectors in the file. */
const VECTORS = {
  parameters: 'parameters',
  firstMoments: 'first_moments',
  secondMoments: 'second_moments',
} as const satisfies { readonly [K in keyof TrainingState]: string };
const PARTS = ['parameters', 'firstMoments', 'secondMoments'] as const;

/** The checkpoints of a run: folders named by their step, each complete or absent. */
export class Checkpoints {
  readonly #folder: string;

  /**
   * @param fingerprint of what a state belongs to: the model, what is trained of it, and the data; undefined to read
   *   any
   * @param keep the newest so many are kept
   */
  constructor(
    private readonly runFolder: string,
    private readonly fingerprint: string | undefined,
    private readonly keep: number,
  ) {
    this.#folder = join(runFolder, RUN_FILES.checkpoints);
  }

  /**
   * @param confirm throws where the run is another trainer's by now; asked when all is written, before it gets its name
   * @throws TrainingError where the disk is full; no part of the checkpoint is left then
   */
  async write({ step, state, evaluationDue }: Checkpoint, confirm = (): void => {}): Promise<void> {
    insideOf(this.runFolder, RUN_FILES.checkpoints);
    const temporary = join(this.#folder, `${step}.tmp`);
    const target = join(this.#folder, String(step));
    try {
      await rm(temporary, { recursive: true, force: true });
      await mkdir(temporary, { recursive: true });
      await writeSafetensors(
        join(temporary, TENSORS),
        PARTS.map((part) => ({
          name: VECTORS[part],
          shape: [state[part].length],
          values: async () => state[part],
        })),
      );
      const sha256 = Object.fromEntries(PARTS.map((part) => [VECTORS[part], hashOf(state[part])]));
      const description = { format: FORMAT, step, fingerprint: this.fingerprint, evaluationDue, sha256 };
      await writeFile(join(temporary, DESCRIPTION), JSON.stringify(description));
      syncFiles(temporary);
      confirm();
      await this.#takePlace(temporary, target);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw diskError(error, temporary);
    }
    for (const old of (await stepsIn(this.#folder)).slice(0, -this.keep)) {
      await rm(join(this.#folder, String(old)), { recursive: true, force: true });
    }
  }

  /** The one of that step before stays until the new one has its name: `removeUnfinished` brings it back. */
  async #takePlace(temporary: string, target: string): Promise<void> {
    const before = `${target}.old`;
    await rm(before, { recursive: true, force: true });
    if (await exists(target)) await rename(target, before);
    await rename(temporary, target);
    syncFolder(this.#folder);
    await rm(before, { recursive: true, force: true });
  }

  /** @throws TrainingError where it belongs to something else, or cannot be read */
  async read(step: number): Promise<Checkpoint> {
    const folder = join(this.#folder, String(step));
    try {
      const description = await describe(folder);
      if (this.fingerprint !== undefined && description.fingerprint !== this.fingerprint) {
        throw new TrainingError(
          `${folder} was made with another model, other trained weights or other data than the run has now. Start a new run, or put the files back that were changed.`,
        );
      }
      const state = await readState(folder, description.sha256);
      return { step, evaluationDue: description.evaluationDue === true, state };
    } catch (error) {
      if (error instanceof TrainingError) throw error;
      throw unreadable(folder, error);
    }
  }
}

async function describe(folder: string): Promise<JsonObject> {
  const description: unknown = JSON.parse(await readFile(join(folder, DESCRIPTION), 'utf8'));
  if (!isObject(description)) throw new Error('its description is no object');
  return description;
}

/** @param sha256 of each vector, by its name; undefined for a checkpoint of an older version, which has none */
async function readState(folder: string, sha256: unknown): Promise<TrainingState> {
  const tensors = await indexSafetensors(join(folder, TENSORS));
  const vector = async (part: keyof TrainingState): Promise<Float32Array> => {
    const name = VECTORS[part];
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`it has no ${name}`);
    const values = await readTensor(tensor);
    if (sha256 !== undefined && (!isObject(sha256) || sha256[name] !== hashOf(values)))
      throw new Error(`its ${name} are not what was written`);
    return values;
  };
  return {
    parameters: await vector('parameters'),
    firstMoments: await vector('firstMoments'),
    secondMoments: await vector('secondMoments'),
  };
}

function hashOf(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

function unreadable(folder: string, error: unknown): TrainingError {
  return new TrainingError(
    `The checkpoint ${folder} cannot be read: ${messageOf(error)}. Delete that folder and resume: the run continues from the one before, or from the start.`,
  );
}

/**
 * The step of the newest checkpoint that is as it was written. A newer one that is damaged is set aside under another
 * name, and reported; where none is sound, all stay.
 *
 * @throws TrainingError where there are checkpoints and none is sound
 */
export async function newestSound(
  runFolder: string,
  warn: (message: string) => void,
): Promise<number | undefined> {
  const folder = insideOf(runFolder, RUN_FILES.checkpoints);
  const damaged: { readonly step: number; readonly error: unknown }[] = [];
  for (const step of (await stepsIn(folder)).reverse()) {
    const error = await damageOf(join(folder, String(step)));
    if (error !== undefined) {
      damaged.push({ step, error });
      continue;
    }
    for (const { step: bad, error: why } of damaged) {
      const aside = join(folder, `${bad}.damaged`);
      await rm(aside, { recursive: true, force: true });
      await rename(join(folder, String(bad)), aside);
      warn(
        `The checkpoint of step ${bad} is damaged: ${messageOf(why)}. Training continues from step ${step}. The damaged one lies in ${aside}; delete it when you no longer need it.`,
      );
    }
    return step;
  }
  const [newest] = damaged;
  if (newest) throw unreadable(join(folder, String(newest.step)), newest.error);
  return undefined;
}

async function damageOf(folder: string): Promise<unknown> {
  try {
    await readState(folder, (await describe(folder)).sha256);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The step of the newest checkpoint of a run, if it has one. */
export async function newestCheckpoint(runFolder: string): Promise<number | undefined> {
  return (await stepsIn(join(runFolder, RUN_FILES.checkpoints))).at(-1);
}

/**
 * Removes what a killed trainer left half-written, and nothing else that lies there. Only the trainer of the run may do
 * so.
 *
 * @throws FileError where the folder is a link that leads elsewhere
 */
export async function removeUnfinished(runFolder: string): Promise<void> {
  const folder = insideOf(runFolder, RUN_FILES.checkpoints);
  for (const name of await namesIn(folder)) {
    const [, step, kind] = /^(\d+)\.(tmp|old)$/.exec(name) ?? [];
    if (step === undefined) continue;
    const path = join(folder, name);
    // It was killed between taking the old one away and naming the new one.
    if (kind === 'old' && !(await exists(join(folder, step)))) await rename(path, join(folder, step));
    else await rm(path, { recursive: true, force: true });
  }
}

async function stepsIn(folder: string): Promise<number[]> {
  const names = await namesIn(folder);
  return names
    .filter(isStep)
    .map(Number)
    .sort((a, b) => a - b);
}

function isStep(name: string): boolean {
  return /^\d+$/.test(name);
}
