/** Blocks of 128 kB in a megabyte. */
const BLOCKS = 8;
const BLOCK = 128 * 1024;

/** A zstd frame (RFC 8878) that stands for so many megabytes of the letter a, each block of them in four bytes. */
export function zstdOf(megabytes: number): Buffer {
  // A window of 1 MB, no content size.
  const start = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 10 << 3]);
  const count = megabytes * BLOCKS;
  const blocks = Buffer.alloc(4 * count);
  for (let block = 0; block < count; block++) {
    const isLast = block === count - 1 ? 1 : 0;
    blocks.writeUIntLE(isLast | (1 << 1) | (BLOCK << 3), 4 * block, 3);
    blocks[4 * block + 3] = 'a'.charCodeAt(0);
  }
  return Buffer.concat([start, blocks]);
}
