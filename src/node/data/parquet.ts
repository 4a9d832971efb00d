import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { JsonObject } from '../files/json';
import { FileError, messageOf, regularFileSize } from '../files/text-files';

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
        compressors,
        useOffsetIndex: true,
      }),
  };
}
