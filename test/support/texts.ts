import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Facts } from '../../src/core/facts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Real public configs and data; absent where the project was cloned alone. */
const SHARED = path.resolve(ROOT, '../shared');
export const hasShared = existsSync(path.join(SHARED, 'corpus'));

function textsBelow(folder: string, pattern: RegExp): { name: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(path.join(folder, name), 'utf8') }));
}

export const exampleTexts = (): { name: string; text: string }[] =>
  textsBelow(path.join(ROOT, 'examples'), /\.dpo\.(ya?ml|json)$/);
export const goldenTexts = (): { name: string; text: string }[] =>
  textsBelow(path.join(ROOT, 'test/golden'), /\.dpo\.(ya?ml|json)$/);
export const goldenFacts = (): Facts[] =>
  textsBelow(path.join(ROOT, 'test/golden'), /\/facts\.json$/).map(({ text }) => JSON.parse(text));
export const corpusTexts = (): { name: string; text: string }[] =>
  hasShared ? textsBelow(path.join(SHARED, 'corpus'), /\.(ya?ml|sh)$/) : [];
