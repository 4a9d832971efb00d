import { writeFile } from 'node:fs/promises';
import { buildDecoding } from '../../engine/graphs/decoding';
import { buildScoring } from '../../engine/graphs/scoring';
import { buildPreferenceTraining } from '../../engine/graphs/training';
import type { Model } from '../../engine/model/model-tensors';
import { linearsOf } from '../../engine/model/parameters';
import { writeError } from '../../node/files/write-error';
import { openModel } from '../models/open-model';
import { mapWeights } from '../runtime/mapped-weights';

/** What `dpo-lab graph` asks of the trainer's process, as JSON in its argument. */
interface GraphRequest {
  readonly model: string;
  readonly kind: 'training' | 'scoring' | 'decoding';
  /** Tokens of a sequence. */
  readonly length: number;
  /** Absolute. */
  readonly output: string;
  readonly baseFolder: string;
  readonly dataFolder: string;
}

/** Writes a graph as it is run, for one pair, to look at. Weights stay in the model's own files, which it names. */
export async function runGraphCommand([json = '']: readonly string[]): Promise<void> {
  const { model: name, kind, length, output, ...place } = JSON.parse(json) as GraphRequest;
  const opened = await openModel({ path: name }, { ...place, env: process.env }, () => {});
  const { weights } = mapWeights(opened);
  const bytes = graphOf(kind, { config: opened.config, weights }, length);
  await writeFile(output, bytes).catch((error: unknown) => {
    throw writeError(error, output);
  });
  process.stdout.write(`${JSON.stringify({ bytes: bytes.length })}\n`);
}

function graphOf(kind: GraphRequest['kind'], model: Omit<Model, 'tuning'>, length: number): Uint8Array {
  const tuning = { kind: 'lora', rank: 8, alpha: 16, targets: linearsOf(model.config) } as const;
  const size = { sequences: 2, length, slots: length };
  switch (kind) {
    case 'training':
      return buildPreferenceTraining({ ...model, tuning }, size, 'sigmoid').bytes;
    case 'scoring':
      return buildScoring({ ...model, tuning: { kind: 'frozen' } }, size).bytes;
    case 'decoding':
      return buildDecoding(
        { ...model, tuning: { kind: 'frozen' } },
        { sequences: 1, width: 1, capacity: length },
      ).bytes;
  }
}
