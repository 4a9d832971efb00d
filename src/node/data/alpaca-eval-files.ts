import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { Annotation, GamedBaselineRow } from '../../core/judge/alpaca-eval';
import { isObject } from '../files/json';
import { codeOf, decodeText, FileError, fileError, messageOf, regularFileSize } from '../files/text-files';

const LARGEST_FILE = 256 * 1024 * 1024;

/**
 * AlpacaEval's `annotations.json`, also compressed with gzip.
 *
 * @throws FileError
 */
export async function readAnnotations(path: string): Promise<Annotation[]> {
  const text = await readPossiblyCompressed(path);
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (error) {
    throw new FileError(`${path} is not JSON: ${messageOf(error)}. Fix the file or fetch it again.`);
  }
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new FileError(`${path} is not a list of annotations. Name AlpacaEval's annotations.json.`);
  }
  const annotations = rows.map((row, index) => annotationOf(row, `${path}, row ${index + 1}:`));
  const models = [...new Set(annotations.map(({ generator_2 }) => generator_2))];
  if (models.length > 1) {
    throw new FileError(
      `${path} holds the texts of ${models.length} models: ${models.slice(0, 3).join(', ')}. Give each model a file of its own.`,
    );
  }
  return annotations;
}

function annotationOf(row: unknown, place: string): Annotation {
  if (!isObject(row)) throw new FileError(`${place} this is not an object. Each row is one annotation.`);
  const { output_1, output_2, preference, generator_2 } = row;
  if (typeof output_1 !== 'string' || typeof output_2 !== 'string') {
    const missing = typeof output_1 === 'string' ? 'output_2' : 'output_1';
    throw new FileError(
      `${place} ${missing} is not a text. Each row needs output_1 (the baseline), output_2 (the model) and preference.`,
    );
  }
  // pandas writes a missing number as null; a judge that failed may leave the key out.
  if (preference !== undefined && preference !== null && typeof preference !== 'number') {
    throw new FileError(`${place} preference is not a number. It is 1 for the baseline and 2 for the model.`);
  }
  return {
    output_1,
    output_2,
    preference: preference ?? null,
    ...(typeof generator_2 === 'string' && { generator_2 }),
  };
}

/**
 * AlpacaEval's `df_gamed.csv`, also compressed with gzip.
 *
 * @throws FileError
 */
export async function readGamedBaseline(path: string): Promise<GamedBaselineRow[]> {
  const text = await readPossiblyCompressed(path);
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    throw new FileError(`${path} is not CSV: ${messageOf(error)}. Fetch the file again.`);
  }
  if (rows.length === 0) throw new FileError(`${path} has no rows. Fetch the file again.`);
  return rows.map((row, index) => {
    const number = (column: string): number => {
      const value = row[column]?.trim() ? Number(row[column]) : Number.NaN;
      if (Number.isFinite(value)) return value;
      throw new FileError(
        `${path}, row ${index + 1}: ${column} is not a number. Name AlpacaEval's df_gamed.csv, with the columns preference, index, std_delta_len and instruction_difficulty.`,
      );
    };
    return {
      preference: number('preference'),
      index: number('index'),
      gap: number('std_delta_len'),
      difficulty: number('instruction_difficulty'),
    };
  });
}

/** Gzip is known by its first bytes, whatever the file is called. */
async function readPossiblyCompressed(path: string): Promise<string> {
  if ((await regularFileSize(path)) > LARGEST_FILE) throw tooLarge(path);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return decodeText(bytes);
  try {
    return decodeText(await promisify(gunzip)(bytes, { maxOutputLength: LARGEST_FILE }));
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path);
    throw new FileError(`${path} is not a whole gzip file: ${messageOf(error)}. Compress or copy it again.`);
  }
}

function tooLarge(path: string): FileError {
  return new FileError(`${path} holds more than 256 MB. Is it the right file?`);
}
