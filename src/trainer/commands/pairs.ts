import { once } from 'node:events';
import { completeConfig } from '../../core/config/resolved';
import { type StreamedPair, streamPairs } from '../data/load-pairs';
import { isForPeople } from '../for-people';
import type { Place } from '../models/place';
import { readRun } from '../read-run';

/**
 * `onnx-trainer.js pairs RUN_FOLDER`: the pairs of a run for another trainer, as lines of JSON on standard output. Each
 * has `section`, `id`, `row`, `prompt`, `chosen`, `rejected`, and `tools`, `kwargs` and `columns` where the data has
 * them; the last has `heldOut`, positions of pairs of `data.train`, and `warnings`; or there is one with `error`.
 */
export async function runPairsCommand([folder = '']: readonly string[]): Promise<void> {
  try {
    const run = readRun(folder);
    const place: Place = { baseFolder: run.baseFolder, dataFolder: run.dataFolder, env: process.env };
    const stream = streamPairs(completeConfig(run.config), place, () => {});
    let step = await stream.next();
    for (; !step.done; step = await stream.next()) await say(lineOf(step.value));
    await say({ heldOut: [...step.value.heldOut], warnings: step.value.warnings });
  } catch (error) {
    if (!isForPeople(error)) throw error;
    await say({ error: error.message });
  }
}

function lineOf({ section, loaded: { id, row, pair, columns } }: StreamedPair): object {
  const { format: _, ...parts } = pair;
  return { section, id, row, ...parts, ...(columns && { columns }) };
}

/** Waits where the reader is slower, so that no more than a piece is held. */
async function say(line: object): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
}
