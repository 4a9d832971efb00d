import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dialectOf } from '../../core/config/dialects/registry';
import { hasForeignName, MAX_CHARACTERS, maybeForeign } from '../../core/config/dialects/sniff';
import { decodeText } from '../files/text-files';

/** What is found in a folder. */
export interface FoundConfigs {
  /** Absolute paths, sorted. */
  readonly files: readonly string[];
  /** Files that were not opened, as there are too many in the folder. */
  readonly unread: number;
}

/** Never searched: what others wrote, environments, and our own run folders with copies of configs. */
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.dpo',
  '.venv',
  'venv',
  'env',
  'site-packages',
  '__pycache__',
  '.cache',
  'wandb',
  '.tox',
  '.mypy_cache',
]);
const OWN_NAME = /\.dpo\.(ya?ml|json)$/i;
/** Folders hold their configs near the top, and under such names. */
const LIKELY = /dpo|pref|align|rlhf|config|recipe|train|script|example|launch|job|sweep/i;
/** More folders, or files that would have to be opened, cost a second of a processor. */
const MAX_FOLDERS = 20_000;
const MAX_OPENED = 2_000;
/** A config says what it is near its beginning; larger files are data or logs. */
const HEAD = 64 * 1024;

/** Our configs by their names, and those of other trainers by their content. Bounded, whatever the folder holds. */
export function findConfigs(folder: string): FoundConfigs {
  const { own, others } = listed(folder);
  const candidates = others.sort((a, b) => Number(LIKELY.test(b)) - Number(LIKELY.test(a)));
  const opened = candidates.slice(0, MAX_OPENED);
  const files = [...own, ...opened.filter((name) => isForeign(join(folder, name)))];
  return {
    files: files.map((name) => join(folder, name)).sort(),
    unread: candidates.length - opened.length,
  };
}

/** Whether a file is another trainer's config; false for what cannot be read. */
export function isForeign(path: string): boolean {
  if (!hasForeignName(path)) return false;
  try {
    const { size } = statSync(path);
    if (size === 0 || size > MAX_CHARACTERS * 2) return false;
    const head = readHead(path, Math.min(size, HEAD));
    if (!maybeForeign(path, head)) return false;
    const text = size > HEAD ? readHead(path, size) : head;
    return dialectOf(path, text) !== undefined;
  } catch {
    return false;
  }
}

/** Relative paths, folders near the top first. Links are not followed: they can lead anywhere, and back. */
function listed(root: string): { own: string[]; others: string[] } {
  const own: string[] = [];
  const others: string[] = [];
  const folders = [''];
  for (let at = 0; at < folders.length && at < MAX_FOLDERS; at++) {
    const folder = folders[at] ?? '';
    for (const entry of entriesOf(join(root, folder))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) folders.push(name);
      } else if (OWN_NAME.test(name)) own.push(name);
      else if (entry.isFile() && hasForeignName(name)) others.push(name);
    }
  }
  return { own, others };
}

function entriesOf(folder: string): ReturnType<typeof readdirWithTypes> {
  try {
    return readdirWithTypes(folder);
  } catch {
    return [];
  }
}

function readdirWithTypes(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

function readHead(path: string, length: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    const count = readSync(file, bytes, 0, length, 0);
    return decodeText(bytes.subarray(0, count));
  } finally {
    closeSync(file);
  }
}
