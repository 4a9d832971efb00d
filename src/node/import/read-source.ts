import { open, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { inBatches } from '../files/in-batches';
import { FileError, messageOf, regularFileSize } from '../files/text-files';
import { configThatWrote } from './config-of-output';
import { readEventFiles } from './event-logs';
import { LOG_KINDS, type LogFile, type LogKind, type Source } from './find-sources';
import { readSwiftArgs, readSwiftLog, readTrainerLog, readTrainerState } from './json-logs';
import { readPrintedLog } from './printed-logs';
import { mergeRecordings, type Recording } from './recording';
import { readTrackio } from './trackio';
import { readWandbFile } from './wandb-file';

/** A larger file is no log of metrics, or one that holds pictures. */
const LARGEST = 256 * 1024 * 1024;

/** A file with what tells that it has changed. */
interface Stamped extends LogFile {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

export interface ReadSource {
  readonly recording: Recording;
  /** When the newest log was written, in milliseconds since 1970. */
  readonly news: number;
  /** Logs that could not be read, in sentences. */
  readonly problems: readonly string[];
}

/** The logs that exist, and one text that changes whenever one of them does. */
export async function stampsOf(
  source: Source,
): Promise<{ readonly files: Stamped[]; readonly stamp: string }> {
  const files = await Promise.all(
    source.files.map(async (file) => {
      const found = await stat(file.path).catch(() => undefined);
      const ahead =
        file.kind === 'trackio' ? await stat(`${file.path}-wal`).catch(() => undefined) : undefined;
      if (found && ahead)
        return [
          {
            ...file,
            size: found.size + ahead.size,
            changed: Math.max(found.mtimeMs, ahead.mtimeMs),
            ino: found.ino,
          },
        ];
      return found ? [{ ...file, size: found.size, changed: found.mtimeMs, ino: found.ino }] : [];
    }),
  );
  const all = files.flat();
  return {
    files: all,
    stamp: all.map(({ path, size, changed, ino }) => `${path} ${size} ${changed} ${ino}`).join('\n'),
  };
}

/** Everything that the logs of a run say. Never throws: what cannot be read is a problem in words. */
export async function readSource(source: Source, files: readonly Stamped[]): Promise<ReadSource> {
  const problems: string[] = [];
  const read = async (kind: LogKind): Promise<Recording[]> => {
    const own = chosen(
      kind,
      files.filter((file) => file.kind === kind),
    );
    if (kind === 'trackio') return readRuns(own, source.run, problems);
    if (kind === 'end') return own.length > 0 ? [{ lines: [], isComplete: true }] : [];
    const contents = await inBatches(own, 4, ({ path }) =>
      bytesOf(path).catch((error: unknown) => {
        problems.push(messageOf(error));
        return undefined;
      }),
    );
    const buffers = contents.filter((content) => content !== undefined);
    if (kind === 'events') return buffers.length > 0 ? [readEventFiles(buffers)] : [];
    return buffers.map((buffer) => READERS[kind](buffer));
  };
  const recordings: Recording[] = [];
  for (const kind of LOG_KINDS) recordings.push(...(await read(kind)));
  const merged = mergeRecordings(recordings);
  const settings = Object.keys(merged.settings ?? {}).length > 0 ? merged.settings : undefined;
  const config = hasBeta(settings) ? {} : await configThatWrote(source.folder);
  return {
    recording: { ...merged, settings: { ...config, ...settings } },
    news: Math.max(0, ...files.map(({ changed }) => Math.round(changed))),
    problems,
  };
}

async function readRuns(
  files: readonly Stamped[],
  run: string | undefined,
  problems: string[],
): Promise<Recording[]> {
  const found = files.map(async ({ path }) => {
    try {
      return (await readTrackio(path)).get(run ?? '') ?? [];
    } catch (error) {
      problems.push(messageOf(error));
      return [];
    }
  });
  return (await Promise.all(found)).flat();
}

function hasBeta(settings: Recording['settings']): boolean {
  return Object.keys(settings ?? {}).some((key) => /(?:^|_)beta$/.test(key));
}

const READERS: Readonly<
  Record<Exclude<LogKind, 'events' | 'end' | 'trackio'>, (content: Buffer) => Recording>
> = {
  state: (content) => readTrainerState(textIn(content)),
  swift: (content) => readSwiftLog(textIn(content)),
  'llama-factory': (content) => readTrainerLog(textIn(content)),
  args: (content) => readSwiftArgs(textIn(content)),
  printed: (content) => readPrintedLog(textIn(content)),
  wandb: readWandbFile,
};

/** Of the states, that of the last checkpoint holds the history of all; event files in the order in which they were begun. */
function chosen(kind: LogKind, files: readonly Stamped[]): readonly Stamped[] {
  if (kind === 'events')
    return [...files].sort((a, b) => startOf(a) - startOf(b) || (a.path < b.path ? -1 : 1));
  if (kind !== 'state' && kind !== 'args') return files;
  return [...files].sort((a, b) => checkpoint(b) - checkpoint(a)).slice(0, 1);
}

/** `events.out.tfevents.<seconds since 1970>.<host>...` */
function startOf({ path, changed }: Stamped): number {
  const seconds = /tfevents\.(\d+)/.exec(basename(path))?.[1];
  return seconds === undefined ? changed / 1000 : Number(seconds);
}

/** A state beside the checkpoints was written when the run ended. */
function checkpoint({ path }: Stamped): number {
  return Number(/^checkpoint-(\d+)$/.exec(basename(dirname(path)))?.[1] ?? Infinity);
}

/** @throws FileError */
async function bytesOf(path: string): Promise<Buffer> {
  const size = await regularFileSize(path);
  if (size > LARGEST)
    throw new FileError(`${path} is larger than 256 MB, which is no log of metrics. It is passed over.`);
  const file = await open(path, 'r');
  try {
    // No more than was there: a file that grows is read on the next time.
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** UTF-8, or UTF-16 with its mark, which PowerShell writes. */
function textIn(content: Buffer): string {
  const isWide = content[0] === 0xff && content[1] === 0xfe;
  const isSwapped = content[0] === 0xfe && content[1] === 0xff;
  return new TextDecoder(isWide ? 'utf-16le' : isSwapped ? 'utf-16be' : 'utf-8').decode(content);
}
