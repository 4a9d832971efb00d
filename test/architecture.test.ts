import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Who may import whom, of our own folders and of the outside. */
const MAY_IMPORT: Record<string, { folders: string[]; outside: (name: string) => boolean }> = {
  'src/core': { folders: ['src/core'], outside: (name) => isPackage(name) && name !== 'vscode' },
  'src/engine': { folders: ['src/engine', 'src/core'], outside: () => false },
  'src/node': { folders: ['src/node', 'src/core'], outside: (name) => name !== 'vscode' },
  'src/trainer': {
    folders: ['src/trainer', 'src/core', 'src/engine', 'src/node'],
    outside: (name) => name !== 'vscode',
  },
  'src/judge': { folders: ['src/judge', 'src/core', 'src/node'], outside: (name) => name !== 'vscode' },
  'src/command': { folders: ['src/command', 'src/core', 'src/node'], outside: (name) => name !== 'vscode' },
  'src/actions': { folders: ['src/actions', 'src/core', 'src/node'], outside: (name) => name !== 'vscode' },
  'src/mcp': {
    folders: ['src/mcp', 'src/actions', 'src/core', 'src/node', 'docs', 'media'],
    outside: (name) => name !== 'vscode',
  },
  'src/job': { folders: ['src/job', 'src/core', 'src/node'], outside: (name) => name !== 'vscode' },
  'src/cli': {
    folders: ['src/cli', 'src/actions', 'src/core', 'src/node', 'media'],
    outside: (name) => name !== 'vscode',
  },
  'src/host': { folders: ['src/host', 'src/actions', 'src/core', 'src/node'], outside: () => true },
  webview: { folders: ['webview', 'src/core'], outside: (name) => isPackage(name) && name !== 'vscode' },
};

/** The pure part runs in a browser and in a worker: neither Node's modules nor a clock of its own. */
const PURE_FOLDERS = ['src/core', 'src/engine'];
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|process\.|globalThis\.|Math\.random)/;

function isPackage(name: string): boolean {
  return !name.startsWith('node:');
}

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')))
    .filter((name) => /\.(ts|tsx)$/.test(name) && statSync(path.join(ROOT, name)).isFile());
}

/** Static, type-only, dynamic and re-exporting imports. */
function importsOf(text: string): string[] {
  const pattern = /(?:\bfrom|\bimport|\brequire\()\s*\(?\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}

const folders = Object.keys(MAY_IMPORT).filter((folder) => {
  try {
    return sourceFiles(folder).length > 0;
  } catch {
    return false; // Not every folder of the plan exists yet.
  }
});
const files = folders.flatMap(sourceFiles);
const folderOf = (file: string): string | undefined =>
  folders.find((folder) => file.startsWith(`${folder}/`));

/** Edges that the rules forbid, in words. */
function forbiddenEdges(file: string, text: string): string[] {
  const rule = MAY_IMPORT[folderOf(file) ?? ''];
  if (!rule) return [`${file} lies in no folder that may hold source`];
  return importsOf(text).flatMap((name) => {
    if (!name.startsWith('.')) return rule.outside(name) ? [] : [`${file} imports ${name}`];
    const target = path.posix.join(path.posix.dirname(file), name);
    return rule.folders.some((folder) => target.startsWith(`${folder}/`))
      ? []
      : [`${file} imports ${target}`];
  });
}

describe('import rules', () => {
  it('every source file lies in a folder with a rule', () => {
    const stray = sourceFiles('src').filter((file) => !folderOf(file));
    expect(stray).toEqual([]);
  });

  it.each(folders)('%s imports only what it may', (folder) => {
    const edges = files
      .filter((file) => folderOf(file) === folder)
      .flatMap((file) => forbiddenEdges(file, readFileSync(path.join(ROOT, file), 'utf8')));
    expect(edges).toEqual([]);
  });

  it('a forbidden edge is found, whatever its form', () => {
    const bad = [
      "import { a } from '../host/x';",
      "import type { B } from 'vscode';",
      "const c = await import('node:fs');",
      "export * from '../node/y';",
    ];
    for (const line of bad) expect(forbiddenEdges('src/core/probe.ts', line), line).toHaveLength(1);
    expect(
      forbiddenEdges('src/core/probe.ts', "import { z } from './sibling';\nimport Ajv from 'ajv';"),
    ).toEqual([]);
  });

  it('the pure folders have no clock, randomness or process', () => {
    const impure = files
      .filter((file) => PURE_FOLDERS.includes(folderOf(file) ?? ''))
      .filter((file) => IMPURE.test(readFileSync(path.join(ROOT, file), 'utf8')));
    expect(impure).toEqual([]);
  });

  it('no import leads in a circle', () => {
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(readFileSync(path.join(ROOT, file), 'utf8'))
          .filter((name) => name.startsWith('.'))
          .map((name) => `${path.posix.join(path.posix.dirname(file), name)}.ts`),
      ]),
    );
    const cycles: string[] = [];
    const finished = new Set<string>();
    const visit = (file: string, trail: string[]): void => {
      if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      if (trail.includes(file) || finished.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
      finished.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});

/** Inside core, a room imports rooms that stand before it, and those on its own line except where they form a circle. */
const CORE_ORDER: readonly (readonly string[])[] = [
  ['words', 'seeded-random.ts', 'model-config'],
  ['problem.ts'],
  ['facts.ts'],
  ['config'],
  ['rule.ts', 'paper'],
  ['runs', 'new-experiment.ts'],
  ['metrics', 'alarms', 'memory', 'reference', 'sweeps', 'judge', 'environment'],
  ['rules', 'panels'],
  ['check'],
  ['language'],
];

describe('rooms', () => {
  const roomOf = (file: string): string => file.replace('src/core/', '').split('/')[0] ?? '';
  const rank = (room: string): number => CORE_ORDER.findIndex((line) => line.includes(room));
  const coreFiles = files.filter((file) => file.startsWith('src/core/'));

  it('every room of core has a place in the order', () => {
    expect(coreFiles.filter((file) => rank(roomOf(file)) < 0)).toEqual([]);
  });

  it('core is imported in one direction', () => {
    const rooms = new Map<string, Set<string>>();
    const upward = coreFiles.flatMap((file) =>
      importsOf(readFileSync(path.join(ROOT, file), 'utf8'))
        .filter((name) => name.startsWith('.'))
        .flatMap((name) => {
          const target = `${path.posix.join(path.posix.dirname(file), name)}.ts`;
          const [from, to] = [roomOf(file), roomOf(target)];
          if (from !== to) rooms.set(from, (rooms.get(from) ?? new Set()).add(to));
          return rank(to) > rank(from) ? [`${file} imports ${target}`] : [];
        }),
    );
    expect(upward).toEqual([]);
    const mutual = [...rooms].flatMap(([from, targets]) =>
      [...targets].flatMap((to) => (from < to && rooms.get(to)?.has(from) ? [`${from} and ${to}`] : [])),
    );
    expect(mutual).toEqual([]);
  });

  it('no folder holds more than 25 files', () => {
    const python = readdirSync(path.join(ROOT, 'python/src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.py'))
      .map((name) => path.posix.join('python/src', name.replaceAll(path.sep, '/')));
    const counts = new Map<string, number>();
    for (const file of [...files, ...python].map((name) => path.posix.dirname(name)))
      counts.set(file, (counts.get(file) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
  });

  it('no file is longer than 300 lines but the option table', () => {
    const long = files.filter((file) => {
      const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n').length - 1;
      return lines > 300 && file !== 'src/core/config/options.ts';
    });
    expect(long).toEqual([]);
  });
});
