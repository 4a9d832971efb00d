import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isFile } from '../files/paths';
import { FileError } from '../files/text-files';
import { isDiskFull } from '../files/write-error';
import { isProcessAlive } from '../processes/process-alive';
import { ConnectionError, connectionError, type HubRepository, hubFetch } from './hub-request';
import type { HubSettings } from './hub-settings';

/** A file of a repository, as the hub lists it. */
export interface HubFile {
  /** With folders, separated by `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the content for large files, git's SHA-1 for others: the blob's name in the cache. */
  readonly hash: string;
}

export interface HubSource {
  readonly repository: HubRepository;
  readonly commit: string;
  readonly settings: HubSettings;
}

/**
 * Downloads a file to `<blobs>/<hash>`. It is written beside under a name with this process in it, checked against its
 * hash and then renamed, so that the final name never holds half a file. A connection that breaks is taken up where it
 * broke, as long as each attempt brings something; what a killed process left is continued.
 *
 * @param progress called with the bytes that have arrived of this file
 * @throws FileError
 */
export async function downloadBlob(
  blobs: string,
  file: HubFile,
  source: HubSource,
  progress: (bytes: number) => void,
): Promise<void> {
  const final = join(blobs, file.hash);
  if (await isFile(final)) return progress(file.size);
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}.incomplete`;
  const partial = join(blobs, `${partialStart(file.hash)}${suffix}`);
  try {
    await adoptLeftover(blobs, file.hash, partial);
    const handle = await open(partial, 'a+');
    try {
      await new Arrival(handle, file, source, progress).complete();
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, final);
  } catch (error) {
    // What a broken connection brought is worth keeping for the next attempt; nothing else is.
    if (!(error instanceof ConnectionError)) await rm(partial, { force: true });
    if (!isDiskFull(error)) throw error;
    throw new FileError(
      `The disk is full: ${file.path} of ${source.repository.id} needs ${inMegabytes(file.size)} MB in ${blobs}. Free some space, or set HF_HOME to a folder on another disk.`,
    );
  }
}

/** Bytes of a file that have arrived, and their hash so far. */
class Arrival {
  #bytes = 0;
  #hash: Hash;
  readonly #fetch: typeof fetch;

  constructor(
    private readonly handle: FileHandle,
    private readonly file: HubFile,
    private readonly source: HubSource,
    private readonly progress: (bytes: number) => void,
  ) {
    this.#hash = newHash(file);
    this.#fetch = hubFetch(source.repository, source.settings);
  }

  async complete(): Promise<void> {
    await this.#readLeftover();
    while (this.#bytes < this.file.size) {
      const before = this.#bytes;
      try {
        await this.#receive();
      } catch (error) {
        if (!(error instanceof ConnectionError) || this.#bytes <= before) throw error;
      }
    }
    if (this.#bytes !== this.file.size || this.#hash.digest('hex') !== this.file.hash) {
      throw new FileError(
        `${this.file.path} of ${this.source.repository.id} arrived damaged: its hash is not the one that the hub lists. Try again.`,
      );
    }
  }

  async #readLeftover(): Promise<void> {
    const { size } = await this.handle.stat();
    if (size > this.file.size) await this.handle.truncate(0);
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, this.#bytes);
      if (bytesRead === 0) break;
      this.#take(buffer.subarray(0, bytesRead));
    }
  }

  async #receive(): Promise<void> {
    const { repository, commit, settings } = this.source;
    const folder = repository.kind === 'datasets' ? 'datasets/' : '';
    const path = this.file.path.split('/').map(encodeURIComponent).join('/');
    const url = `${settings.url}/${folder}${repository.id}/resolve/${commit}/${path}`;
    const response = await this.#fetch(url, {
      // A body that is compressed on the way could not be taken up in its middle.
      headers: { 'Accept-Encoding': 'identity', ...(this.#bytes > 0 && { Range: `bytes=${this.#bytes}-` }) },
    });
    if (this.#bytes > 0 && response.status !== 206) await this.#startAgain();
    const body = response.body?.getReader();
    for (;;) {
      const part = await body?.read().catch((error: unknown) => {
        throw connectionError(error, repository, settings);
      });
      if (part === undefined || part.done) break;
      await this.handle.appendFile(part.value);
      this.#take(part.value);
    }
    if (this.#bytes < this.file.size) {
      throw connectionError(new Error('the answer ended early'), repository, settings);
    }
  }

  async #startAgain(): Promise<void> {
    await this.handle.truncate(0);
    this.#bytes = 0;
    this.#hash = newHash(this.file);
  }

  #take(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.progress(Math.min(this.#bytes, this.file.size));
  }
}

/** Git hashes a header before the content. */
function newHash(file: HubFile): Hash {
  return file.hash.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${file.size}\0`);
}

/** The computer's name is in it, because caches are shared over networks and process ids are not. */
function partialStart(hash: string): string {
  return `${hash}.${hostname()}-`;
}

/** Renaming is atomic: of several processes that want to continue a file, one does. */
async function adoptLeftover(blobs: string, hash: string, partial: string): Promise<void> {
  const start = partialStart(hash);
  for (const name of await readdir(blobs)) {
    if (!name.startsWith(start) || !name.endsWith('.incomplete')) continue;
    const pid = Number.parseInt(name.slice(start.length), 10);
    if (!isProcessAlive(pid)) await rename(join(blobs, name), partial).catch(() => {});
  }
}

function inMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
