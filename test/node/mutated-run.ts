import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

/** Damage to a run folder: what a crash, another program, a repository or a hand may leave. */

const RECORDED = path.join(import.meta.dirname, 'recorded-runs/format-1');
const FILES = ['run.json', 'status.json', 'metrics.jsonl', 'trainer.jsonl', 'events.jsonl', 'output.log'];

type Mutation = (folder: string) => void;

/** Long enough to end a program that follows every level by a call of its own. */
const DEEP = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;

const odd = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  0.5,
  1e308,
  '',
  'x'.repeat(5000),
  '../../elsewhere',
  '\u0000',
  [],
  [null],
  {},
  { a: null },
);

/** Another value, or none, somewhere in a JSON file or in a line of one. */
const changedValue = fc
  .record({ file: fc.constantFrom(...FILES), line: fc.nat(30), at: fc.nat(200), value: fc.option(odd) })
  .map(({ file, line, at, value }): [string, Mutation] => [
    `${file} line ${line}: value ${at} becomes ${JSON.stringify(value)?.slice(0, 40)}`,
    (folder) =>
      change(path.join(folder, file), (text) => {
        if (file.endsWith('.json')) return JSON.stringify(replaced(JSON.parse(text), at, value));
        const lines = text.split('\n');
        const index = line % Math.max(1, lines.length - 1);
        lines[index] = JSON.stringify(replaced(JSON.parse(lines[index] ?? '{}'), at, value));
        return lines.join('\n');
      }),
  ]);

/** Bytes in place of others, such as the half of a file. */
const changedBytes = fc
  .record({
    file: fc.constantFrom(...FILES),
    at: fc.nat(3000),
    length: fc.constantFrom(0, 1, 7, 100_000),
    text: fc.constantFrom('', '\n', '{', '"', '\u0000', '\ufffd', 'NaN', DEEP),
  })
  .map(({ file, at, length, text }): [string, Mutation] => [
    `${file}: ${length} bytes at ${at} become ${text.slice(0, 10)}`,
    (folder) =>
      change(path.join(folder, file), (before) => before.slice(0, at) + text + before.slice(at + length)),
  ]);

/** Something else in place of a file. */
const changedKind = fc
  .record({
    name: fc.constantFrom(...FILES, 'checkpoints', 'attempts', 'model'),
    kind: fc.constantFrom('folder', 'file', 'nothing', 'link to itself', 'link to nothing', 'link out'),
  })
  .map(({ name, kind }): [string, Mutation] => [
    `${name} becomes: ${kind}`,
    (folder) => place(path.join(folder, name), kind),
  ]);

const changedFolder = fc
  .constantFrom('folder', 'file', 'link to itself', 'link to nothing', 'link out')
  .map((kind): [string, Mutation] => [`the folder becomes: ${kind}`, (folder) => place(folder, kind)]);

export const mutations: fc.Arbitrary<[string, Mutation][]> = fc.array(
  fc.oneof(
    { arbitrary: changedValue, weight: 6 },
    { arbitrary: changedBytes, weight: 3 },
    { arbitrary: changedKind, weight: 3 },
    { arbitrary: changedFolder, weight: 1 },
  ),
  { minLength: 1, maxLength: 3 },
);

/** A mutation of what an earlier one took away changes nothing. */
export function mutate(folder: string, all: readonly [string, Mutation][]): void {
  for (const [, mutation] of all) {
    try {
      mutation(folder);
    } catch {
      // The file is a folder by now, or no JSON.
    }
  }
}

function change(file: string, to: (text: string) => string): void {
  writeFileSync(file, to(readFileSync(file, 'utf8')));
}

function place(at: string, kind: string): void {
  const outside = path.join(path.dirname(path.dirname(path.dirname(at))), 'outside');
  if (kind === 'link out') {
    mkdirSync(outside, { recursive: true });
    rmSync(path.join(outside, path.basename(at)), { recursive: true, force: true });
    renameSync(at, path.join(outside, path.basename(at)));
  }
  rmSync(at, { recursive: true, force: true });
  if (kind === 'folder') mkdirSync(path.join(at, 'inside'), { recursive: true });
  if (kind === 'file') writeFileSync(at, 'x');
  if (kind === 'link to itself') symlinkSync(path.basename(at), at);
  if (kind === 'link to nothing') symlinkSync('nowhere', at);
  if (kind === 'link out') symlinkSync(path.join(outside, path.basename(at)), at);
}

/** The value with its node of this number replaced, or removed where there is no other. */
function replaced(root: unknown, at: number, value: unknown): unknown {
  const places: [Record<string, unknown>, string][] = [];
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, key]);
      collect(child);
    }
  };
  collect(root);
  const [holder, key] = places[at % (places.length + 1)] ?? [];
  if (!holder || key === undefined) return value;
  if (value === null && at % 2 === 0) delete holder[key];
  else holder[key] = value;
  return root;
}

/** A run as it was recorded, in place of what has become of it. */
export function restore(dataFolder: string, id: string): void {
  const folder = path.join(dataFolder, 'runs', id);
  rmSync(folder, { recursive: true, force: true });
  cpSync(path.join(RECORDED, 'runs', id), folder, { recursive: true });
}
