import { createReadStream } from 'node:fs';
import { pipeline, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { codeOf, FileError, messageOf, regularFileSize } from '../files/text-files';

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
  const unpack = /\.gz$/i.test(path) ? createGunzip() : /\.zst$/i.test(path) ? unzstd() : undefined;
  const stream = unpack ? pipeline(file, unpack, () => {}) : file;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
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

class ZstdFailure extends Error {}

/** Node 20 has no zstd of its own. */
function unzstd(): Transform {
  let pieces: Uint8Array[] = [];
  let [isEmpty, isEnded] = [true, false];
  const decompressor = new Decompress((piece, isLast) => {
    pieces.push(piece);
    isEnded = isLast === true;
  });
  const feed = (chunk: Uint8Array, isLast: boolean, push: (piece: Uint8Array) => void): Error | null => {
    try {
      decompressor.push(chunk, isLast);
      for (const piece of pieces) push(piece);
      pieces = [];
      return isLast && !isEnded && !isEmpty ? new ZstdFailure('its end is missing') : null;
    } catch (error) {
      return new ZstdFailure(messageOf(error));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      isEmpty = false;
      done(feed(chunk, false, (piece) => this.push(piece)));
    },
    flush(done) {
      done(feed(new Uint8Array(0), true, (piece) => this.push(piece)));
    },
  });
}
