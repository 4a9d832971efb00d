import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { check } from '../../src/core/check/check';
import { Chance, mutated } from './random';

/** Configs to start from: those of the tests and of the examples. */
export function configSamples(root: string): string[] {
  return ['test/golden', 'examples'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.dpo\.(yaml|json)$/.test(name))
      .sort()
      .map((name) => readFileSync(path.join(root, folder, name), 'utf8')),
  );
}

/** @throws Error where a check throws, or names a place outside of the text */
export function fuzzConfig(samples: readonly string[], seed: number): void {
  const chance = new Chance(seed);
  const text = mutated(chance.of(samples), chance);
  const { problems } = check(text, chance.of(['a.dpo.yaml', 'a.dpo.yaml', 'a.dpo.json']));
  for (const { code, range } of problems) {
    if (range.start < 0 || range.end < range.start || range.end > text.length)
      throw new Error(`${code} names the place ${range.start} to ${range.end} in ${text.length} characters`);
  }
}
