import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { completeConfig } from '../../core/config/resolved';
import type { DataReport, DataRequest } from '../../core/reference/data-report';
import type { Pair } from '../../node/data/pairs';
import { present } from '../../node/files/present';
import { writeError } from '../../node/files/write-error';
import { describeData } from '../data/describe-data';
import { findFiles } from '../data/load-pairs';
import { openPolicy } from '../model-and-tokenizer';
import type { Place } from '../models/place';

const NOTHING = (): void => {};

/**
 * `onnx-trainer.js data REQUEST`: says how the data of a config is understood, as one line of JSON, and writes a clean file
 * where one is asked for.
 *
 * @throws TrainingError and FileError, told to people
 */
export async function runDataCommand([json = '']: readonly string[]): Promise<void> {
  const request = JSON.parse(json) as DataRequest;
  const config = completeConfig(request.config);
  const place: Place = { baseFolder: request.baseFolder, dataFolder: request.dataFolder, env: process.env };
  const hasModel = config['model.path'] !== undefined;
  const tokenizer = hasModel ? (await openPolicy(config, place, NOTHING)).tokenizer : undefined;
  const files = await findFiles(config, 'data.train', place, NOTHING);
  const clean = request.write === undefined ? undefined : new CleanFile(request.write);
  const train = await describeData(files, place.baseFolder, config, tokenizer, async (pair) =>
    clean?.add(pair),
  );
  const written = await clean?.end(train.report);
  const hasEval = config['data.eval.path'] !== undefined;
  const held = hasEval
    ? await describeData(
        await findFiles(config, 'data.eval', place, NOTHING),
        place.baseFolder,
        config,
        tokenizer,
        async () => {},
      )
    : undefined;
  const trained = new Set(train.prompts);
  const report: DataReport = {
    version: 1,
    train: train.report,
    ...present({
      eval: held?.report,
      sharedPrompts: held?.prompts.filter((prompt) => trained.has(prompt)).length,
      written,
    }),
  };
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(report)}\n`, resolve));
}

/** Pairs in TRL's layout as JSON lines, and beside it what was changed. */
class CleanFile {
  readonly #path: string;
  readonly #stream: ReturnType<typeof createWriteStream>;
  #pairs = 0;

  constructor(path: string) {
    this.#path = path;
    this.#stream = createWriteStream(path, { flags: 'wx' });
    this.#stream.on('error', NOTHING);
  }

  async add(pair: Pair): Promise<void> {
    const { format: _, kwargs, ...row } = pair.format === 'messages' ? pair : { ...pair, kwargs: undefined };
    this.#pairs++;
    const line = `${JSON.stringify({ ...row, ...(kwargs && { chat_template_kwargs: kwargs }) })}\n`;
    if (!this.#stream.write(line) && !this.#stream.errored) await once(this.#stream, 'drain');
  }

  async end({
    files,
    layout,
    rows,
    leftOut,
    repeatedPairs,
  }: DataReport['train']): Promise<DataReport['written']> {
    const manifest = `${this.#path}.manifest.json`;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#stream.once('error', reject);
        if (this.#stream.errored) reject(this.#stream.errored);
        else this.#stream.end(resolve);
      });
      const changed = { from: files, layout, rows, pairs: this.#pairs, leftOut, repeatedPairs };
      await writeFile(manifest, `${JSON.stringify(changed, null, 2)}\n`, { flag: 'wx' });
    } catch (error) {
      throw writeError(error, this.#path);
    }
    return { file: this.#path, manifest, pairs: this.#pairs };
  }
}
