import {
  asyncBufferFromFile,
  type Compressors,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { JsonObject } from '../files/json';
import { FileError, messageOf, regularFileSize } from '../files/text-files';
import { unzstdWhole } from './zstd';

/** Bytes that the pages of one read may unpack to, whatever the file claims of them elsewhere. */
const LARGEST_READ = 1024 * 1024 * 1024;

/** A parquet file, of which some columns are wanted. */
interface Parquet {
  /** All columns, in order. */
  readonly columns: readonly string[];
  /** Those of the wanted columns that the file has. */
  readonly present: readonly string[];
  /** Rows of the file. */
  readonly total: number;
  readonly groups: readonly {
    readonly rows: number;
    /** Of the present columns, before compression. */
    readonly bytes: number;
  }[];
  /** The present columns of some rows, counted from 0. */
  read(start: number, end: number): Promise<readonly JsonObject[]>;
}

/** @throws FileError where the file cannot be read or is no parquet file */
export async function openParquet(path: string, name: string, wanted: readonly string[]): Promise<Parquet> {
  await regularFileSize(path);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw new FileError(`${name} is not a parquet file: ${messageOf(error)}. Write or fetch it again.`);
  });
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  const present = columns.filter((column) => wanted.includes(column));
  return {
    columns,
    present,
    total: Number(metadata.num_rows),
    groups: metadata.row_groups.map((group) => ({
      rows: Number(group.num_rows),
      bytes: group.columns
        .filter((chunk) => present.includes(chunk.meta_data?.path_in_schema[0] ?? ''))
        .reduce((sum, chunk) => sum + Number(chunk.meta_data?.total_uncompressed_size ?? 0), 0),
    })),
    read: (rowStart, rowEnd) =>
      parquetReadObjects({
        file,
        metadata,
        columns: present,
        rowStart,
        rowEnd,
        compressors: limited(name),
        useOffsetIndex: true,
      }),
  };
}

/** The decompressors, which unpack no more than fits into memory. */
function limited(name: string): Compressors {
  let room = LARGEST_READ;
  const within = <T>(length: number, unpack: () => T): T => {
    room -= length;
    if (length >= 0 && room >= 0) return unpack();
    throw new FileError(
      `${name} has a row group that unpacks to more than 1,024 MB. Write it with row groups of 1,000 rows.`,
    );
  };
  const entries = Object.entries(compressors).map(([codec, unpack]): [string, typeof unpack] => [
    codec,
    (input, length) => within(length, () => unpack(input, length)),
  ]);
  // The library's own unpacks whatever there is.
  const zstd: (typeof compressors)['ZSTD'] = (input, length) =>
    within(length, () => unzstdWhole(input, length));
  return { ...Object.fromEntries(entries), ZSTD: zstd };
}
