import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, FileError, messageOf, regularFileSize } from '../files/text-files';
import { unzstd, ZstdFailure } from './zstd';

/** @throws FileError for a file whose name promises neither JSON lines nor a JSON array */
export function requireTextRows(path: string, name: string): void {
  if (/\.(json|jsonl|ndjson)(\.(gz|zst))?$/i.test(path)) return;
  throw new FileError(
    `${name} is no kind of file that is read. Convert it to .jsonl, .json (both also .gz or .zst), .parquet or .arrow.`,
  );
}

/** Whether a text file holds one JSON value rather than JSON lines, by its name. */
export function isJsonFile(path: string): boolean {
  return /\.json(\.(gz|zst))?$/i.test(path);
}

/**
 * The bytes of a data file, in pieces, after decompression where it is compressed.
 *
 * @param name the file as messages name it
 * @param onRead told how many bytes of the file have been read, before decompression
 * @throws FileError where it is no regular file, or a broken compressed file
 */
export async function* dataBytes(
  path: string,
  name: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  await regularFileSize(path);
  const file = createReadStream(path);
  // The callback is required; errors reach the loop below through the last stream.
  const stream: AsyncIterable<Buffer> = /\.gz$/i.test(path)
    ? pipeline(file, createGunzip(), () => {})
    : /\.zst$/i.test(path)
      ? unzstd(file)
      : file;
  try {
    for await (const chunk of stream) {
      onRead?.(file.bytesRead);
      yield chunk;
    }
  } catch (error) {
    if (codeOf(error)?.startsWith('Z_')) {
      throw new FileError(
        `${name} is not a whole gzip file: ${messageOf(error)}. Compress or copy it again.`,
      );
    }
    if (error instanceof ZstdFailure) {
      throw new FileError(`${name} is not a whole zstd file: ${error.message}. Compress or copy it again.`);
    }
    throw error;
  }
}
