import { basename, relative } from 'node:path';
import { watch } from 'chokidar';

/** What somebody wants to know of a folder. */
export interface FolderListener {
  /** Only files and folders with such names matter. */
  wants(name: string): boolean;
  changed(name: string): void;
  /** Changes may be missed from now on. */
  failed(error: unknown): void;
}

/** Tells of changes right in a folder until it is closed, never before it returns. */
export type WatchFolder = (folder: string, listener: FolderListener) => { close(): Promise<void> };

export const watchFolder: WatchFolder = (folder, listener) => {
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    ignored: (path) => !listener.wants(basename(path)) && relative(folder, path) !== '',
  });
  watcher.on('all', (_, path) => listener.changed(basename(path)));
  watcher.on('error', (error) => listener.failed(error));
  return watcher;
};
