import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { FactQuery } from '../../core/facts';
import { refusedPath, resolvePath } from '../../node/files/paths';

/** Milliseconds of quiet after which a change counts: a file that is being written changes many times. */
const CHANGE_PAUSE = 500;

/** Calls back after a data file or model folder that a config names appeared, changed or went away. */
export function watchNamedFiles(query: FactQuery, changed: () => void): vscode.Disposable {
  let pause: NodeJS.Timeout | undefined;
  const changedSoon = (): void => {
    clearTimeout(pause);
    pause = setTimeout(changed, CHANGE_PAUSE);
  };
  const watchers = patterns(query).map((pattern) => vscode.workspace.createFileSystemWatcher(pattern));
  return vscode.Disposable.from(
    ...watchers,
    ...watchers.flatMap((watcher) => [
      watcher.onDidCreate(changedSoon),
      watcher.onDidChange(changedSoon),
      watcher.onDidDelete(changedSoon),
    ]),
    new vscode.Disposable(() => clearTimeout(pause)),
  );
}

/** A hub id looks like a relative path; watching a path that does not exist is harmless. */
function patterns({
  baseFolder,
  train,
  eval: held,
  policy,
  reference,
  adapter,
}: FactQuery): vscode.RelativePattern[] {
  const files = [train?.path, held?.path].filter(isWatchable);
  const folders = [policy?.path, reference?.path, adapter].filter(isWatchable);
  return [
    ...files.map((file) => filePattern(resolvePath(file, baseFolder))),
    ...folders.map(
      (folder) => new vscode.RelativePattern(vscode.Uri.file(resolvePath(folder, baseFolder)), '*.json'),
    ),
  ];
}

/** Network paths are left alone: touching one on Windows sends the user's credentials to its server. */
function isWatchable(path: string | undefined): path is string {
  return path !== undefined && refusedPath(path) === undefined;
}

function filePattern(path: string): vscode.RelativePattern {
  const glob = path.search(/[*?[{]/);
  const base = glob === -1 ? dirname(path) : dirname(path.slice(0, glob + 1));
  const pattern = glob === -1 ? basename(path) : path.slice(base.length).replace(/^[\\/]+/, '');
  return new vscode.RelativePattern(vscode.Uri.file(base), pattern);
}
