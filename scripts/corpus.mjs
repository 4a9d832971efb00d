// node scripts/corpus.mjs FOLDER: what is read of a folder of public configs, against its INDEX.tsv, and every offered fix
// applied. Fails where anything is wrong. The tests do the same with a sample of the fixes.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadTypeScript } from './typescript.mjs';

const [folder = '../shared/corpus'] = parseArgs({ allowPositionals: true }).positionals;
if (!existsSync(path.join(folder, 'INDEX.tsv'))) {
  console.error(`${folder} has no INDEX.tsv. Name the folder of the public configs.`);
  process.exit(2);
}
const { measureCorpus } = await loadTypeScript('scripts/corpus/measure.ts');
const { table, wrong } = measureCorpus(folder);
console.table(table);
for (const line of wrong) console.error(line);
process.exitCode = wrong.length > 0 ? 1 : 0;
