import { zstdOf } from './zstd-bomb';

/** What a field of thrift's compact protocol holds: a number is an i32, a bigint an i64. */
type Value = number | bigint | string | readonly Value[] | { readonly [id: number]: Value };

/**
 * A parquet file with one column `prompt`, whose pages unpack to far more than they hold.
 *
 * @param claimed bytes that the file says its row group has
 */
export function parquetBomb(of: {
  readonly pages: number;
  readonly megabytes: number;
  readonly claimed: number;
}): Buffer {
  const body = zstdOf(of.megabytes);
  const header = struct({ 1: 0, 2: of.megabytes * 2 ** 20, 3: body.length, 5: { 1: 1, 2: 0, 3: 3, 4: 3 } });
  const chunk = Buffer.concat(Array.from({ length: of.pages }, () => [header, body]).flat());
  const column = {
    1: 6,
    2: [0],
    3: ['prompt'],
    4: 6,
    5: BigInt(of.pages),
    6: BigInt(of.claimed),
    7: BigInt(chunk.length),
    9: 4n,
  };
  const footer = struct({
    1: 2,
    2: [
      { 4: 'schema', 5: 1 },
      { 1: 6, 3: 0, 4: 'prompt', 6: 0 },
    ],
    3: BigInt(of.pages),
    4: [{ 1: [{ 2: 4n, 3: column }], 2: BigInt(of.claimed), 3: BigInt(of.pages) }],
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), chunk, footer, length, Buffer.from('PAR1')]);
}

function struct(fields: { readonly [id: number]: Value }): Buffer {
  let last = 0;
  const parts = Object.entries(fields).map(([id, value]) => {
    const delta = Number(id) - last;
    last = Number(id);
    return Buffer.concat([Buffer.from([(delta << 4) | typeOf(value)]), content(value)]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function typeOf(value: Value): number {
  if (typeof value === 'number') return 5;
  if (typeof value === 'bigint') return 6;
  if (typeof value === 'string') return 8;
  return Array.isArray(value) ? 9 : 12;
}

function content(value: Value): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint') return varint(2 * Number(value));
  if (typeof value === 'string') return Buffer.concat([varint(value.length), Buffer.from(value)]);
  if (!Array.isArray(value)) return struct(value as { readonly [id: number]: Value });
  const items = value as readonly Value[];
  return Buffer.concat([Buffer.from([(items.length << 4) | typeOf(items[0] ?? 0)]), ...items.map(content)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}
