import { basename } from 'node:path';
import { watch } from 'chokidar';

/** What somebody wants to know of files, or of what lies right in a folder. */
export interface PathListener {
  /** In a folder, only files and folders with such names matter. */
  wants(name: string): boolean;
  changed(name: string): void;
  /** Changes may be missed from now on. */
  failed(error: unknown): void;
}

/** Tells of changes until it is closed, never before it returns. All paths are there. */
export type WatchPaths = (paths: readonly string[], listener: PathListener) => { close(): Promise<void> };

export const watchPaths: WatchPaths = (paths, listener) => {
  const watcher = watch([...paths], {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => !paths.includes(path) && !listener.wants(basename(path)),
  });
  watcher.on('all', (_, path) => listener.changed(basename(path)));
  watcher.on('error', (error) => listener.failed(error));
  return watcher;
};
