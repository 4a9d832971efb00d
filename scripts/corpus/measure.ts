import { FOREIGN_DIALECTS } from '../../src/core/config/dialects/all';
import { useDialects } from '../../src/core/config/dialects/registry';
import { readCorpus } from '../../test/support/corpus';
import { judge } from '../../test/support/corpus-judgement';

interface Row {
  files: number;
  read: number;
  'without errors in their version': number;
  'to be migrated': number;
  'fixes that help': string;
}

/** One row a dialect, and each thing that is wrong. */
export function measureCorpus(folder: string): { table: Record<string, Row>; wrong: string[] } {
  useDialects(FOREIGN_DIALECTS);
  const table: Record<string, Row> = {};
  const wrong: string[] = [];
  const fixes: Record<string, [offered: number, wrong: number]> = {};
  for (const file of readCorpus(folder)) {
    const found = judge(file, true);
    table[file.dialect] ??= {
      files: 0,
      read: 0,
      'without errors in their version': 0,
      'to be migrated': 0,
      'fixes that help': '',
    };
    const row = table[file.dialect] as Row;
    row.files++;
    row.read += Number(found.reading.length === 0);
    row['without errors in their version'] += Number(found.errors.length === 0);
    row['to be migrated'] += Number(found.migrations > 0);
    const [offered, bad] = fixes[file.dialect] ?? [0, 0];
    fixes[file.dialect] = [offered + found.offered, bad + found.fixes.length];
    row['fixes that help'] =
      `${offered + found.offered - bad - found.fixes.length} of ${offered + found.offered}`;
    for (const what of [...found.reading, ...found.errors, ...found.fixes])
      wrong.push(`${file.file}: ${what}`);
  }
  return { table, wrong };
}
