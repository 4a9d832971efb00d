import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, type JsonObject } from '../../node/files/json';
import { insideOf } from '../../node/files/own-files';
import { fileError, readJsonObject } from '../../node/files/text-files';
import type { Progress } from './place';

/**
 * Hashes of files, remembered in `<dataFolder>/cache/hashes.json` for as long as size and time of change stay: a model
 * of gigabytes is read through once, not at every start.
 */
export class FileHashes {
  readonly #store: string;

  constructor(private readonly dataFolder: string) {
    this.#store = join(dataFolder, 'cache', 'hashes.json');
  }

  /**
   * SHA-256 of each file in hexadecimal digits, in the order given.
   *
   * @param progress called with bytes while files are read
   * @throws FileError where a file cannot be read
   */
  async sha256(paths: readonly string[], progress: Progress): Promise<readonly string[]> {
    const known = await readJsonObject(this.#store).catch((): JsonObject => ({}));
    const files = await Promise.all(paths.map(describe));
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const added: Record<string, unknown> = {};
    const hashes: string[] = [];
    let done = 0;
    for (const { path, size, changed } of files) {
      let hash = rememberedHash(known[path], size, changed);
      if (hash === undefined) {
        const before = done;
        hash = await hashFile(path, (bytes) => progress(before + bytes, total));
        added[path] = { size, changed, sha256: hash };
      }
      hashes.push(hash);
      done += size;
    }
    if (Object.keys(added).length > 0) await this.#remember(added);
    return hashes;
  }

  /** A cache that cannot be written costs time later, which is no reason to fail. */
  async #remember(added: JsonObject): Promise<void> {
    try {
      await mkdir(insideOf(this.dataFolder, 'cache'), { recursive: true });
      const current = await readJsonObject(this.#store).catch((): JsonObject => ({}));
      const beside = `${this.#store}.${process.pid}`;
      await rm(beside, { force: true });
      await writeFile(beside, JSON.stringify({ ...current, ...added }, undefined, 1), { flag: 'wx' });
      await rename(beside, this.#store);
    } catch {
      // Hashed again next time.
    }
  }
}

async function describe(path: string): Promise<{ path: string; size: number; changed: number }> {
  const { size, mtimeMs } = await stat(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  return { path, size, changed: mtimeMs };
}

function rememberedHash(entry: unknown, size: number, changed: number): string | undefined {
  if (!isObject(entry) || entry.size !== size || entry.changed !== changed) return undefined;
  return typeof entry.sha256 === 'string' ? entry.sha256 : undefined;
}

async function hashFile(path: string, progress: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      progress(bytes);
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return hash.digest('hex');
}
