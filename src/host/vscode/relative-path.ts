import type { Uri } from 'vscode';

type Place = Pick<Uri, 'scheme' | 'authority' | 'path'>;

/** The path from a folder to a file; undefined on another file system or drive. */
export function relativePath(folder: Place, file: Place): string | undefined {
  if (folder.scheme !== file.scheme || folder.authority !== file.authority) return undefined;
  const from = folder.path.split('/').filter(Boolean);
  const to = file.path.split('/').filter(Boolean);
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  if (shared === 0 && from.length > 0) return undefined;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
