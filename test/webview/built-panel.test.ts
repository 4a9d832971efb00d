import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';

const ROOT = path.resolve(import.meta.dirname, '../..');

describe('the built panel', () => {
  const folder = temporaryFolder();
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const found = (text: string, pattern: RegExp): string[] => [...new Set(text.match(pattern) ?? [])];

  beforeAll(() => buildPrograms(folder, 'panel'));

  it('names no address of the network', () => {
    expect(found(read('panel.js'), /\b(?:https?|wss?):\/\/[\w.-]+[^\s"'`)]*/g)).toEqual([
      'http://www.w3.org/2000/svg',
    ]);
    expect(found(read('panel.css'), /url\((?!"?data:)[^)]*\)|@import/g)).toEqual([]);
  });

  it('makes no code of text', () => {
    // The toolkit's way to the global object in browsers without `globalThis`, which editors are not.
    expect(
      found(read('panel.js'), /\beval\(|\bnew Function\([^)]*\)|\bset(?:Timeout|Interval)\(["'`]/g),
    ).toEqual(['new Function("return this")']);
  });

  it('is made without markup from text', () => {
    // The toolkit makes its own templates so, of which none has text of a run in it.
    const folderOfViews = path.join(ROOT, 'webview');
    const sources = readdirSync(folderOfViews, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    expect(sources).toContain(path.join('pairs', 'pairs-view.ts'));
    for (const name of sources) {
      const text = readFileSync(path.join(folderOfViews, name), 'utf8');
      expect(found(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/g), name).toEqual([]);
    }
  });
});
