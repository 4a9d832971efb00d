import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = path.resolve(import.meta.dirname, '../../package-lock.json');
const { '': _, ...entries } = JSON.parse(readFileSync(file, 'utf8')).packages as Record<string, Entry>;

describe('the lock file', () => {
  it('names the hash of every package, so that no registry can give another one', () => {
    const without = Object.entries(entries).filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
    expect(without.map(([name]) => name)).toEqual([]);
    expect(Object.keys(entries).length).toBeGreaterThan(100);
  });

  it('takes packages from no other place than the public registry', () => {
    const places = Object.values(entries).flatMap(({ resolved }) => resolved ?? []);
    expect(places.filter((place) => !place.startsWith('https://registry.npmjs.org/'))).toEqual([]);
  });

  it('has the packages of all platforms', () => {
    const wanted = Object.values(entries).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    const missing = wanted.filter(
      (name) => !Object.keys(entries).some((key) => key.endsWith(`node_modules/${name}`)),
    );
    expect(missing).toEqual([]);
  });
});
