import { open } from 'node:fs/promises';
import { CompressionType, setCompressionCodec, tableFromIPC } from '@uwdata/flechette';
import type { JsonObject } from '../files/json';
import { FileError, messageOf, regularFileSize } from '../files/text-files';
import { unzstdWhole } from './zstd';

/** Some rows of an Arrow file. */
interface ArrowBatch {
  /** All columns, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  /** Share of the file that is done. */
  readonly done: number;
}

/** A batch is held in memory as a whole; `datasets` writes 1,000 rows each. */
const LARGEST_MESSAGE = 1024 * 1024 * 1024;

/** What a file, as against a stream, begins with; padded to 8 bytes. The messages of a stream follow. */
const FILE_MAGIC = 'ARROW1';

/** The description of a batch; a file of a few bytes can claim any length. */
const LARGEST_HEAD = 64 * 1024 * 1024;

/** What the buffers of the batch that is being read may still unpack to, in bytes. */
let room = 0;

setCompressionCodec(CompressionType.ZSTD, {
  encode: refuseEncoding,
  decode: (bytes) => {
    const unpacked = unzstdWhole(bytes, room);
    room -= unpacked.length;
    return unpacked;
  },
});

function refuseEncoding(): never {
  throw new Error('nothing is written');
}

/**
 * The rows of an Arrow file batch by batch, as `datasets` saves them: an IPC stream or an IPC file.
 *
 * @param name the file as messages name it
 * @throws FileError where it is no Arrow file, or has no column that is wanted
 */
export async function* arrowBatches(
  path: string,
  name: string,
  wanted: readonly string[],
): AsyncGenerator<ArrowBatch> {
  const size = await regularFileSize(path);
  const file = await open(path);
  try {
    /** The schema, and dictionaries that later batches refer to. */
    const before: Uint8Array[] = [];
    for await (const message of messages(file, size, name)) {
      if (message.kind !== 'batch') {
        before.push(message.bytes);
        continue;
      }
      yield { ...rowsOf([...before, message.bytes], name, wanted), done: message.end / size };
    }
    if (before.length === 0) throw new FileError(`${name} is empty: it holds no Arrow data.`);
  } finally {
    await file.close();
  }
}

function rowsOf(
  bytes: Uint8Array[],
  name: string,
  wanted: readonly string[],
): Pick<ArrowBatch, 'columns' | 'rows'> {
  try {
    room = LARGEST_MESSAGE;
    const table = tableFromIPC(bytes);
    const columns = table.names as string[];
    const present = columns.filter((column) => wanted.includes(column));
    return { columns, rows: present.length > 0 ? (table.select(present).toArray() as JsonObject[]) : [] };
  } catch (error) {
    throw new FileError(
      `${name} holds Arrow data that is not read: ${messageOf(error)}. Write it again as parquet or JSON lines.`,
    );
  }
}

type File = Awaited<ReturnType<typeof open>>;

interface IpcMessage {
  readonly kind: 'batch' | 'other';
  readonly bytes: Uint8Array;
  /** Where it ends in the file. */
  readonly end: number;
}

/** The encapsulated messages of the IPC format, each with its body: docs/format/Columnar of Apache Arrow. */
async function* messages(file: File, size: number, name: string): AsyncGenerator<IpcMessage> {
  const start = await bytesAt(file, 0, Math.min(8, size));
  let at = start.toString('latin1').startsWith(FILE_MAGIC) ? 8 : 0;
  while (at + 8 <= size) {
    const lead = await bytesAt(file, at, 8);
    const hasMark = lead.readInt32LE(0) === -1;
    const prefix = hasMark ? 8 : 4;
    const length = lead.readInt32LE(hasMark ? 4 : 0);
    if (length === 0) return;
    if (length < 0 || length > Math.min(size - at, LARGEST_HEAD)) throw damaged(name);
    const head = await bytesAt(file, at + prefix, length);
    const { type, bodyLength } = header(head, name);
    const end = at + prefix + length + bodyLength;
    if (end > size || bodyLength < 0) throw damaged(name);
    if (end - at > LARGEST_MESSAGE) {
      throw new FileError(
        `${name} has a batch of ${Math.round((end - at) / 1024 / 1024)} MB; up to 1,024 MB are read. Write it with batches of 1,000 rows.`,
      );
    }
    yield { kind: type === RECORD_BATCH ? 'batch' : 'other', bytes: await bytesAt(file, at, end - at), end };
    at = end;
  }
}

const RECORD_BATCH = 3;

/** Fields 1 and 3 of the flatbuffer table `Message`: the type of its header, and how many bytes follow it. */
function header(head: Buffer, name: string): { readonly type: number; readonly bodyLength: number } {
  try {
    const table = head.readInt32LE(0);
    const fields = table - head.readInt32LE(table);
    const field = (slot: number): number => {
      const place = 4 + 2 * slot;
      const offset = place < head.readUInt16LE(fields) ? head.readUInt16LE(fields + place) : 0;
      return offset === 0 ? 0 : table + offset;
    };
    const [type, body] = [field(1), field(3)];
    return {
      type: type === 0 ? 0 : head.readUInt8(type),
      bodyLength: body === 0 ? 0 : Number(head.readBigInt64LE(body)),
    };
  } catch {
    throw damaged(name);
  }
}

async function bytesAt(file: File, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function damaged(name: string): FileError {
  return new FileError(`${name} is no whole Arrow file. Copy or write it again.`);
}
