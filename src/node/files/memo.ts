import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Gives the remembered result of a key, or computes it. Failures are not remembered. */
export type Memo<T> = (key: string, compute: () => Promise<T>) => Promise<T>;

/** Remembers the `limit` results that were used last; calls that come while a result is computed share it. */
export function createMemo<T>(limit: number): Memo<T> {
  const results = new Map<string, Promise<T>>();
  return (key, compute) => {
    const known = results.get(key);
    const result = known ?? compute();
    results.delete(key);
    results.set(key, result);
    if (known === undefined) {
      result.catch(() => {
        if (results.get(key) === result) results.delete(key);
      });
      for (const oldest of results.keys()) {
        if (results.size <= limit) break;
        results.delete(oldest);
      }
    }
    return result;
  };
}

/** Changes whenever one of the files appears, disappears or is written. */
export async function filesKey(folder: string, names: readonly string[]): Promise<string> {
  const keys = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(resolve(folder, name)).catch(() => undefined);
      return stats ? `${name}:${stats.mtimeMs}:${stats.size}` : `${name}:-`;
    }),
  );
  return [folder, ...keys].join('\n');
}
