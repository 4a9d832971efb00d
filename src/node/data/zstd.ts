import { Decompress } from 'fzstd';
import { messageOf } from '../files/text-files';

/** A text of a few bytes can stand for 128 kB: no more than this is unpacked before what came of it is taken. */
const SLICE = 4096;

/** Bytes that are no zstd, or not all of it. */
export class ZstdFailure extends Error {}

/**
 * Unpacks as much as is asked for: Node 20 has no zstd of its own.
 *
 * @throws ZstdFailure
 */
export async function* unzstd(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacker = new Unpacker();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE)
      for (const piece of unpacker.push(chunk.subarray(at, at + SLICE))) yield Buffer.from(piece);
  }
  for (const piece of unpacker.end()) yield Buffer.from(piece);
}

/**
 * Unpacks a whole text.
 *
 * @param limit bytes that it may have
 * @throws ZstdFailure, also where it is longer
 */
export function unzstdWhole(bytes: Uint8Array, limit: number): Uint8Array {
  const unpacker = new Unpacker();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const take = (more: readonly Uint8Array[]): void => {
    for (const piece of more) {
      length += piece.length;
      if (length > limit) throw new ZstdFailure(`it unpacks to more than ${limit} bytes`);
      pieces.push(piece);
    }
  };
  for (let at = 0; at < bytes.length; at += SLICE) take(unpacker.push(bytes.subarray(at, at + SLICE)));
  take(unpacker.end());
  return Buffer.concat(pieces);
}

class Unpacker {
  #pieces: Uint8Array[] = [];
  #isEmpty = true;
  #isEnded = false;
  readonly #decompressor = new Decompress((piece, isLast) => {
    this.#pieces.push(piece);
    this.#isEnded = isLast === true;
  });

  push(slice: Uint8Array): readonly Uint8Array[] {
    this.#isEmpty &&= slice.length === 0;
    return this.#feed(slice, false);
  }

  end(): readonly Uint8Array[] {
    const pieces = this.#feed(new Uint8Array(0), true);
    if (!this.#isEnded && !this.#isEmpty) throw new ZstdFailure('its end is missing');
    return pieces;
  }

  #feed(slice: Uint8Array, isLast: boolean): readonly Uint8Array[] {
    try {
      this.#decompressor.push(slice, isLast);
    } catch (error) {
      throw new ZstdFailure(messageOf(error));
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}
