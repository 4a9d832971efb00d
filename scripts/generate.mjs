// node scripts/generate.mjs [--check]: writes the files that are made from the tables of the code, or tells which are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './bundles.mjs';
import { loadTypeScript } from './typescript.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { GENERATED_FILES } = await loadTypeScript('scripts/generate/files.ts');

const stale = GENERATED_FILES.flatMap(
  (/** @type {{ path: string, make(current: string): string }} */ file) => {
    const current = readIfThere(path.join(root, file.path));
    const content = file.make(current);
    return content === current ? [] : [{ path: file.path, content }];
  },
);

if (values.check) {
  for (const file of stale) console.log(`stale: ${file.path}`);
  if (stale.length > 0) {
    console.log('These files no longer fit the code they are made from. Run: npm run generate');
    process.exitCode = 1;
  }
} else {
  for (const file of stale) {
    mkdirSync(path.dirname(path.join(root, file.path)), { recursive: true });
    writeFileSync(path.join(root, file.path), file.content);
    console.log(`wrote ${file.path}`);
  }
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
